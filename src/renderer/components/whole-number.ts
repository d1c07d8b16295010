/** Reads a whole number as people type it; null where the text is none of at least `least`. */
export function parseWholeNumber(text: string, least: number): number | null {
  const trimmed = text.trim();
  if (!/^\d{1,15}$/.test(trimmed)) return null;
  const value = Number(trimmed);
  return value < least ? null : value;
}

/** What is wrong with a text that should be such a number; null: nothing. */
export function explainWholeNumber(text: string, least: number): string | null {
  return parseWholeNumber(text, least) === null ? `Give a whole number from ${least} on.` : null;
}
