import { describeSides } from '../../shared/comparison.ts';
import { comparisonIdSchema, type ComparisonId } from '../../shared/domain/ids.ts';
import { formatQuantity, formatTime } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import { printComparison, speedVerdictCell } from '../output/comparison.ts';
import { toUsageError } from './arguments.ts';

/** Stored comparisons, newest first. */
export async function listComparisons(
  { openCore, terminal }: CommandHost,
  options: { model?: string; limit: number },
): Promise<CommandResult> {
  const { storage } = await openCore();
  const page = storage.comparisons.list(options);
  if (page.items.length === 0) terminal.print('No comparison is stored, or none matches.');
  else {
    const rows = page.items.map(({ id, createdAt, baseline, candidate, verdict, holds, speedup }): Cell[] => [
      id,
      { text: formatTime(createdAt), style: 'muted' },
      ...describeSides(baseline, candidate),
      speedup === null ? '' : { number: formatQuantity(speedup.value, '1') },
      speedVerdictCell(verdict, holds),
    ]);
    const columns = [
      { title: 'comparison' },
      { title: 'started', dropOrder: 1 },
      { title: 'baseline', shrinks: 'middle' as const },
      { title: 'candidate', shrinks: 'middle' as const },
      { title: 'speed-up' },
      { title: 'verdict' },
    ];
    terminal.print(...printColumns(terminal, columns, rows, 0));
  }
  if (page.nextCursor !== null) terminal.print('', terminal.paint('muted', 'There are older ones: raise --limit.'));
  return { data: { comparisons: page.items, more: page.nextCursor !== null } };
}

/** One comparison with its evidence and the command that repeats it. */
export async function showComparison(
  { openCore, terminal, json }: CommandHost,
  text: string,
  { pairs }: { pairs: boolean },
): Promise<CommandResult> {
  const { storage, commandLine } = await openCore();
  const id = toComparisonId(text);
  const comparison = storage.comparisons.get(id);
  printComparison(terminal, comparison, commandLine);
  if (!pairs) return { data: { comparison, pairs: null } };
  const { baselineNs, candidateNs } = storage.comparisons.pairs(id);
  if (!json) {
    const rows = Array.from(baselineNs, (baseline, pair): Cell[] => [
      { number: formatQuantity(pair + 1, '1'), style: 'muted' },
      { number: formatQuantity(baseline, 'ns') },
      { number: formatQuantity(candidateNs[pair] ?? Number.NaN, 'ns') },
      { number: formatQuantity(baseline / (candidateNs[pair] ?? Number.NaN), '1') },
    ]);
    const columns = [{ title: 'pair' }, { title: 'baseline' }, { title: 'candidate' }, { title: 'speed-up' }];
    terminal.print('', ...printColumns(terminal, columns, rows));
  }
  return { data: { comparison, pairs: { baselineNs: [...baselineNs], candidateNs: [...candidateNs] } } };
}

/** Deletes a comparison with its samples. */
export async function deleteComparison({ openCore, terminal }: CommandHost, text: string): Promise<CommandResult> {
  const { storage } = await openCore();
  const comparisonId = toComparisonId(text);
  storage.comparisons.delete(comparisonId);
  terminal.print(`Comparison ${comparisonId} is deleted.`);
  return { data: { comparisonId } };
}

function toComparisonId(text: string): ComparisonId {
  const parsed = comparisonIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw toUsageError(`"${text}" is no id of a comparison.`, 'Look the id up with inferometer comparisons.');
}
