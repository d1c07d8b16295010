import { publishedForCell } from '../../core/catalogue/published-for-cell.ts';
import { invocation } from '../../core/invocation.ts';
import { latenciesOf } from '../../core/stats/summarize-series.ts';
import type { Storage } from '../../core/storage/open.ts';
import type { RunListItem } from '../../core/storage/runs.ts';
import { toTypable } from '../../shared/command.ts';
import type { SampleSeries, Validity } from '../../shared/domain/measurement.ts';
import type { CellRecord, CellState, RunState } from '../../shared/domain/run.ts';
import type { PublishedResult } from '../../shared/domain/published.ts';
import { readRateSearches } from '../../shared/rate-search.ts';
import { formatCount, formatQuantity, formatTime } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import { printPublished } from '../output/published.ts';
import { printRateSearches } from '../output/rate-search.ts';
import { printOverview, printResult, toShortName, verdictCell } from '../output/results.ts';
import type { Terminal } from '../output/terminal.ts';
import { toRunId } from './arguments.ts';

export interface ListOptions {
  model?: string;
  provider?: string;
  verdict?: Validity['verdict'];
  state?: RunState;
  since?: string;
  limit: number;
}

/** Stored runs, newest first. */
export async function listResults({ openCore, terminal }: CommandHost, options: ListOptions): Promise<CommandResult> {
  const { storage } = await openCore();
  const page = storage.runs.list(options);
  if (page.items.length === 0) {
    const isFiltered = Object.keys(options).length > 1;
    terminal.print(isFiltered ? 'No run matches.' : `Nothing was measured yet. Start with: ${invocation} bench`);
  } else {
    const rows = page.items.map(toRow);
    const columns = [
      { title: 'run' },
      { title: 'started', dropOrder: 1 },
      { title: 'models', shrinks: true },
      { title: 'grade', dropOrder: 2 },
      { title: 'done', align: 'right' as const, dropOrder: 3 },
      { title: 'result' },
    ];
    terminal.print(...printColumns(terminal, columns, rows, 0));
  }
  if (page.nextCursor !== null) terminal.print('', terminal.paint('muted', 'There are older runs: raise --limit.'));
  return { data: { runs: page.items, more: page.nextCursor !== null } };
}

function toRow(item: RunListItem): Cell[] {
  const { id, createdAt, plan, cells, cellsByState } = item;
  const models = plan.models.map(toShortName).join(' ');
  const done = `${cellsByState.completed ?? 0}/${cells}`;
  return [id, { text: formatTime(createdAt), style: 'muted' }, models, plan.grade, done, toResult(item)];
}

const endedBadly = ['crashed', 'timed-out', 'failed'] as const satisfies readonly CellState[];

/** The run's state while it is not completed; then what has no result, worst first, and the weakest verdict. */
export function toResult({
  state,
  cellsByState,
  cellsByVerdict,
}: Pick<RunListItem, 'state' | 'cellsByState' | 'cellsByVerdict'>): Extract<Cell, { text: string }> {
  if (state !== 'completed') return { text: state, style: 'caution' };
  const bad = endedBadly.flatMap((one) => {
    const count = cellsByState[one] ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${one}`];
  });
  const weakest = (['INVALID', 'VALID WITH REMARKS', 'VALID'] as const).find((one) => (cellsByVerdict[one] ?? 0) > 0);
  const verdict = weakest === undefined ? null : verdictCell(weakest);
  if (bad.length === 0) return verdict ?? { text: '✕ no result', style: 'bad' };
  return {
    text: [`✕ ${bad.join(', ')}`, verdict?.text].filter((text) => text !== undefined).join(' · '),
    style: 'bad',
  };
}

/** The readings of a run, with the command that repeats each configuration. */
export async function showResults(
  { openCore, terminal, json }: CommandHost,
  text: string,
  { samples }: { samples: boolean },
): Promise<CommandResult> {
  const { storage, commandLine } = await openCore();
  const runId = toRunId(text);
  const run = storage.runs.get(runId);
  const cells = storage.cells.ofRun(runId);
  const { paint } = terminal;
  terminal.print(
    `${paint('strong', run.id)}  ${run.state}  ${paint('muted', `${formatTime(run.createdAt)} · ${run.plan.grade} grade`)}`,
  );
  const published: { cell: number; results: PublishedResult[] }[] = [];
  for (const cell of cells) {
    printResult(terminal, cell, run.plan.grade);
    const results = publishedForCell(cell.id, storage);
    if (results.length > 0) published.push({ cell: cell.index, results });
    printPublished(terminal, results);
    if (cell.provenance !== null && commandLine !== null) {
      terminal.print(`  ${paint('muted', `$ ${toTypable(cell.provenance.command, commandLine)}`)}`);
    }
    if (samples && !json) printSamples(terminal, cell, storage.series.read(cell.id));
  }
  if (cells.length > 1) printOverview(terminal, cells, run.plan.grade);
  const rateSearches = readRateSearches(run.plan, cells);
  printRateSearches(terminal, { run, rateSearches });
  if (!samples) {
    terminal.print(
      '',
      paint('muted', 'With its samples:'),
      paint('muted', `$ ${invocation} export ${run.id} --format jsonl`),
    );
  }
  // Only a document lists them here: decoding all samples of a long run takes seconds and much memory.
  return {
    data: {
      run,
      cells,
      ...(rateSearches.length === 0 ? {} : { rateSearches }),
      ...(published.length === 0 ? {} : { published }),
      series: samples && json ? cells.flatMap((cell) => listSeries(storage, cell)) : null,
    },
  };
}

function listSeries(storage: Storage, { id, index }: CellRecord) {
  return [...storage.series.read(id)].map(({ process, samples: { scheduledNs, issuedNs, completedNs } }) => ({
    cell: index,
    process,
    ...(scheduledNs === null ? {} : { scheduledNs: [...scheduledNs] }),
    issuedNs: [...issuedNs],
    completedNs: [...completedNs],
  }));
}

function printSamples(
  terminal: Terminal,
  { config }: CellRecord,
  series: Iterable<{ process: number; samples: SampleSeries }>,
): void {
  for (const { process, samples } of series) {
    const count = `${formatCount(samples.issuedNs.length)} samples of ${toShortName(config.model)}, process ${process}`;
    terminal.print('', `  ${terminal.paint('muted', `${count}: time from the start, latency`)}`);
    const latenciesNs = latenciesOf(samples);
    samples.issuedNs.forEach((issuedNs, index) => {
      const latencyNs = latenciesNs[index] ?? 0;
      const time = formatQuantity(issuedNs, 'ns', { uncertainty: 1e6 });
      terminal.print(`  ${time.text.padStart(12)}  ${formatQuantity(latencyNs, 'ns').text.padStart(10)}`);
    });
  }
}

/** Deletes a run with its samples. */
export async function deleteResults({ openCore, terminal }: CommandHost, text: string): Promise<CommandResult> {
  const { storage } = await openCore();
  const runId = toRunId(text);
  storage.runs.delete(runId);
  terminal.print(`Run ${runId} is deleted.`);
  return { data: { runId } };
}
