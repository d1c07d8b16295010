/** What the engine was doing, as the end of "while ...". */
const words: Readonly<Record<string, string>> = {
  start: 'the engine started',
  session: 'the session was created',
  first: 'the first query ran',
  'warm-up': 'it warmed up',
  measured: 'it measured',
  checks: 'the harness was checked after measuring',
};

/** E.g. "while the session was created". */
export function whileStage(stage: string): string {
  return `while ${words[stage] ?? `it was in the stage "${stage}"`}`;
}
