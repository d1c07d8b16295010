import { createCore, type Core } from '../../src/core/create-core.ts';
import { runOnce } from '../../src/core/engine-client/evaluate.ts';
import { createSampleCollector } from '../../src/core/measure/collect-samples.ts';
import { wilsonInterval } from '../../src/core/stats/proportion.ts';
import { summarizeSeries } from '../../src/core/stats/summarize-series.ts';
import type { MeasureTask } from '../../src/engine/protocol.ts';
import { lockMachine, plainFigure, type Figure, type PerformancePart } from './part.ts';
import { prepareTask } from './tasks.ts';

const model = 'mobilenet-v2';
const targetShare = 0.1;
/** Short, so that 200 pairs take minutes; both minima of a grade are far longer. */
const rules = { minDurationS: 1, minQueries: 64, warmUp: { minRuns: 10, minS: 0.3, maxS: 0.3, tolerance: 0.05 } };
const sayEvery = 10;

interface MedianInterval {
  median: number;
  low: number;
  high: number;
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
    const ratios: number[] = [];
    let missed = 0;
    let withheld = 0;
    for (let pair = 1; pair <= pairs; pair++) {
      const [first, second] = [await measureMedian(core, task), await measureMedian(core, task)];
      if (first === null || second === null) withheld++;
      else {
        if (first.high < second.low || second.high < first.low) missed++;
        ratios.push(Math.abs(Math.log(second.median / first.median)));
      }
      if (pair % sayEvery === 0 || pair === pairs) say(`${pair} of ${pairs} pairs, ${missed} missed each other`);
    }
    return { state: 'measured', figures: toFigures(missed, ratios, withheld), notes };
  },
};

const notes = [
  `Each measurement is a fresh engine process with a fresh session of ${model} on one thread: ${rules.warmUp.minS} s of warm-up, then at least ${rules.minDurationS} s and ${rules.minQueries} queries. The two 95 % intervals of the median, computed as for every result, miss each other when they have no point in common. Two intervals from one level process would do so in fewer than 1 % of pairs; the rest is what changes from process to process and from minute to minute.`,
];

async function measureMedian(core: Core, task: MeasureTask): Promise<MedianInterval | null> {
  const collector = createSampleCollector();
  const result = await runOnce(core.spawn, task, { onSamples: (block) => collector.add(block) });
  const { percentiles } = summarizeSeries(collector.toSeries(), {
    samplesPerQuery: 1,
    totalQueries: result.queries,
    keptEvery: result.keptEvery,
    durationNs: result.durationNs,
    percentiles: [50],
    seed: 0,
  });
  const [median] = percentiles;
  if (median?.status !== 'earned') return null;
  const { value, interval } = median.reading;
  if (interval?.low == null || interval.high === null) return null;
  return { median: value, low: interval.low, high: interval.high };
}

function toFigures(missed: number, ratios: readonly number[], withheld: number): Figure[] {
  const pairs = ratios.length;
  if (pairs === 0) throw new Error('No measurement earned an interval of its median');
  const { low, high } = wilsonInterval(missed, pairs);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const sorted = ratios.toSorted((a, b) => a - b);
  const typical = sorted[pairs >> 1] ?? Number.NaN;
  return [
    {
      what: `intervals of the median that miss each other, ${pairs} pairs`,
      target: `at most ${percent(targetShare)}`,
      figure: `${percent(missed / pairs)} (${missed}; ${percent(low)} to ${percent(high)})`,
      met: missed / pairs <= targetShare,
    },
    plainFigure('median distance of the two medians', percent(Math.expm1(typical))),
    plainFigure('largest distance of the two medians', percent(Math.expm1(sorted.at(-1) ?? Number.NaN))),
    plainFigure('pairs without an interval', String(withheld)),
  ];
}
