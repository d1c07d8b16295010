import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** True where `output` is missing, or older than any of its sources: files, or folders with all that is in them. */
export function isStale(output: string, sources: readonly string[]): boolean {
  const builtMs = changedMs(output);
  return builtMs === null || sources.some((source) => newestMs(source) > builtMs);
}

/** Folders count by themselves too: what was removed from one shows there alone. */
function newestMs(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return Number.NEGATIVE_INFINITY;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function changedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
