/** Text of the host as a sentence: begun and ended as one, with commands between backticks set as code. */
export function Sentence({ text }: { text: string }) {
  const parts = toSentence(text).split('`');
  // Every second part stood between two backticks; the text never changes order.
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}

/** Reasons are stored without capital and full stop, so that they can follow a colon. */
function toSentence(text: string): string {
  // File and command names keep their first letter.
  const begun = text.replace(/^[a-z]+(?=\s)/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
