import type { BatchLine } from '../../../shared/charts/batch-curve.ts';
import { describeLoad, describeThreads } from '../../components/describe-config.ts';
import type { ListedCell } from './listed-cell.ts';

/**
 * Lines of results that differ in nothing but their batch size; a line needs two of them. Names hold what sets the
 * lines apart and nothing else. `nameRun` writes a run for people.
 */
export function toBatchLines(listed: readonly ListedCell[], nameRun: (cell: ListedCell) => string): BatchLine[] {
  const cells = withoutTrials(listed);
  const lines = [...groupBySetup(cells).values()].filter((line) => new Set(line.map(({ batch }) => batch)).size > 1);
  const aspects: ((cell: ListedCell) => string)[] = [
    ({ provider }) => provider,
    ({ threads }) => describeThreads(threads),
    ({ instances = 1 }) => `${instances} ${instances === 1 ? 'instance' : 'instances'}`,
    describeLoad,
    ({ scenario }) => scenario,
    nameRun,
  ];
  const firsts = lines.map(([first]) => first).filter((first) => first !== undefined);
  const telling = aspects.filter((aspect) => new Set(firsts.map(aspect)).size > 1);
  const used = telling.length === 0 ? aspects.slice(0, 2) : telling;
  return lines.map((line) => ({
    label: line[0] === undefined ? '' : used.map((aspect) => aspect(line[0]!)).join(' · '),
    points: line.flatMap(toPoint),
  }));
}

/** Results of one model of which some differ in nothing but their batch size. */
export function hasBatchCurve(cells: readonly ListedCell[]): boolean {
  const measured = withoutTrials(cells).filter(({ verdict }) => verdict !== null);
  if (new Set(measured.map(({ model }) => model)).size !== 1) return false;
  return [...groupBySetup(measured).values()].some((line) => new Set(line.map(({ batch }) => batch)).size > 1);
}

/** Trials of a search are too short to be told beside results. */
function withoutTrials(cells: readonly ListedCell[]): ListedCell[] {
  return cells.filter(({ trial }) => trial?.purpose !== 'search');
}

function groupBySetup(cells: readonly ListedCell[]): Map<string, ListedCell[]> {
  return Map.groupBy(cells, ({ runId, model, provider, threads, scenario, instances = 1, load, pauseMs, decode }) =>
    JSON.stringify([runId, model, provider, threads, scenario, instances, load, pauseMs, decode]),
  );
}

function toPoint({ batch, verdict, ...cell }: ListedCell): BatchLine['points'] {
  if (verdict === null) return [];
  return [
    {
      batch,
      verdict,
      throughput:
        cell.throughput === null
          ? null
          : { value: cell.throughput, low: cell.throughputLow, high: cell.throughputHigh },
      p50Ns: cell.p50Ns === null ? null : { value: cell.p50Ns, low: cell.p50LowNs, high: cell.p50HighNs },
    },
  ];
}
