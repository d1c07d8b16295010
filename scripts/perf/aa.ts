import { createCore, type Core } from '../../src/core/create-core.ts';
import { runOnce } from '../../src/core/engine-client/evaluate.ts';
import { createSampleCollector } from '../../src/core/measure/collect-samples.ts';
import { wilsonInterval } from '../../src/core/stats/proportion.ts';
import { summarizeProcesses, type ProcessSeries } from '../../src/core/stats/summarize-processes.ts';
import type { MeasureTask } from '../../src/engine/protocol.ts';
import { grades } from '../../src/shared/domain/grades.ts';
import { lockMachine, plainFigure, type Figure, type PerformancePart } from './part.ts';
import { prepareTask } from './tasks.ts';

const model = 'mobilenet-v2';
const targetShare = 0.1;
const { processes } = grades.standard;
/** Of one process. Short, so that 200 pairs take minutes; the processes of a grade measure for far longer. */
const rules = { minDurationS: 0.4, minQueries: 22, warmUp: { minRuns: 10, minS: 0.2, maxS: 0.2, tolerance: 0.05 } };
const sayEvery = 10;

interface MedianInterval {
  median: number;
  low: number;
  high: number;
}

/** What 200 pairs of one kind of measurement showed. */
interface Tally {
  missed: number;
  withheld: number;
  /** Absolute logarithm of the ratio of the two medians, by pair. */
  distances: number[];
  /** Half the width of an interval over its median. */
  halfWidths: number[];
}

/** The same configuration measured twice, again and again: how often the two intervals do not meet. */
export const sameAgainstSame: PerformancePart = {
  id: 'aa',
  title: 'The same measured twice',
  async run({ quick, repeats, dataDirectory, say }) {
    using core = createCore({ dataDirectory });
    using _lock = await lockMachine({ say });
    const task = { ...(await prepareTask(core, model, 1)), ...rules };
    const pairs = quick ? Math.min(repeats, 3) : repeats;
    const standard = createTally();
    const single = createTally();
    for (let pair = 1; pair <= pairs; pair++) {
      const [first, second] = [await measure(core, task), await measure(core, task)];
      compare(standard, medianOf(first), medianOf(second));
      compare(single, medianOf(first.slice(0, 1)), medianOf(second.slice(0, 1)));
      if (pair % sayEvery === 0 || pair === pairs) say(`${pair} of ${pairs} pairs, ${standard.missed} missed`);
    }
    return { state: 'measured', figures: [...toFigures(standard), ...toPlainFigures(single)], notes };
  },
};

const notes = [
  `Each measurement is ${processes} fresh engine processes, as the grades standard and reference measure, with fresh sessions of ${model} on one thread: each ${rules.warmUp.minS} s of warm-up, then at least ${rules.minDurationS} s. The two 95 % intervals of the median, computed as for every result, miss each other when they have no point in common.`,
  'With one process, as the grade quick measures, the interval says what varied within that process: the first processes of the same pairs show what it leaves out.',
];

function createTally(): Tally {
  return { missed: 0, withheld: 0, distances: [], halfWidths: [] };
}

async function measure(core: Core, task: MeasureTask): Promise<ProcessSeries[]> {
  const measured: ProcessSeries[] = [];
  for (let process = 0; process < processes; process++) {
    const collector = createSampleCollector();
    const result = await runOnce(core.spawn, task, { onSamples: (block) => collector.add(block) });
    const { queries: totalQueries, keptEvery, durationNs } = result;
    const context = { samplesPerQuery: 1, totalQueries, keptEvery, durationNs, percentiles: [50], seed: 0 };
    measured.push({ series: collector.toSeries(), context });
  }
  return measured;
}

function medianOf(measured: readonly ProcessSeries[]): MedianInterval | null {
  const [median] = summarizeProcesses(measured).summary.percentiles;
  if (median?.status !== 'earned') return null;
  const { value, interval } = median.reading;
  if (interval?.low == null || interval.high === null) return null;
  return { median: value, low: interval.low, high: interval.high };
}

function compare(tally: Tally, first: MedianInterval | null, second: MedianInterval | null): void {
  if (first === null || second === null) {
    tally.withheld++;
    return;
  }
  if (first.high < second.low || second.high < first.low) tally.missed++;
  tally.distances.push(Math.abs(Math.log(second.median / first.median)));
  for (const { median, low, high } of [first, second]) tally.halfWidths.push((high - low) / 2 / median);
}

function toFigures({ missed, withheld, distances, halfWidths }: Tally): Figure[] {
  const pairs = distances.length;
  if (pairs === 0) throw new Error('No measurement earned an interval of its median');
  return [
    {
      what: `intervals of the median that miss each other, ${pairs} pairs of ${processes} processes`,
      target: `at most ${toPercent(targetShare)}`,
      figure: toShare(missed, pairs),
      met: missed / pairs <= targetShare,
    },
    plainFigure('half the width of the interval, median', toPercent(middleOf(halfWidths))),
    plainFigure('median distance of the two medians', toPercent(Math.expm1(middleOf(distances)))),
    plainFigure('largest distance of the two medians', toPercent(Math.expm1(Math.max(...distances)))),
    plainFigure('pairs without an interval', String(withheld)),
  ];
}

function toPlainFigures({ missed, distances, halfWidths }: Tally): Figure[] {
  return [
    plainFigure('the same with one process: intervals that miss each other', toShare(missed, distances.length)),
    plainFigure('the same with one process: half the width, median', toPercent(middleOf(halfWidths))),
  ];
}

function toShare(count: number, total: number): string {
  const { low, high } = wilsonInterval(count, total);
  return `${toPercent(count / total)} (${count}; ${toPercent(low)} to ${toPercent(high)})`;
}

function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
