/**
 * Measures how often the 95 % intervals of the product contain the true value, on simulated series whose truth is
 * known, and how often two measurements of the same wandering machine miss each other.
 * `node scripts/coverage-simulation.ts [--draws 10000]`; seeded, so that the table repeats exactly.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { meanInterval } from '../src/core/stats/block-bootstrap.ts';
import { measureDependence } from '../src/core/stats/dependence.ts';
import { percentileInterval } from '../src/core/stats/percentile-interval.ts';
import { LEVEL, readPercentiles } from '../src/core/stats/read-percentiles.ts';
import { createSeededRandom } from '../src/core/stats/seeded-random.ts';
import { simulateComparisons, simulatedComparisons } from './simulated-comparisons.ts';
import { drawWanderingSeries, simulatedSeries, type SimulatedSeries } from './simulated-series.ts';

/** Resamples per draw; fewer than the product takes, which makes a bound noisier and leaves its coverage. */
const RESAMPLES = 199;

/** Share of given intervals that contain the truth, and share of draws for which no interval was given. */
export interface Coverage {
  covered: number;
  withheld: number;
}

interface Tally {
  hits: number;
  misses: number;
  withheld: number;
}

function record(tally: Tally, bounds: { low: number | null; high: number | null } | null, truth: number): void {
  if (bounds?.low == null || bounds.high === null) tally.withheld += 1;
  else if (bounds.low <= truth && truth <= bounds.high) tally.hits += 1;
  else tally.misses += 1;
}

function toCoverage({ hits, misses, withheld }: Tally): Coverage {
  return { covered: hits / (hits + misses), withheld: withheld / (hits + misses + withheld) };
}

/**
 * Coverage of the intervals of the median, the 90th percentile and the mean over `draws` series of `n` values. That
 * of the mean is also that of throughput, which is one over the mean time between completions.
 */
export function measureCoverage(
  series: SimulatedSeries,
  n: number,
  draws: number,
  seed: number,
): { median: Coverage; p90: Coverage; mean: Coverage } {
  const random = createSeededRandom(seed);
  const [median, p90, mean] = [0, 1, 2].map((): Tally => ({ hits: 0, misses: 0, withheld: 0 })) as [
    Tally,
    Tally,
    Tally,
  ];
  const truths = { median: series.quantile(50), p90: series.quantile(90) };
  for (let draw = 0; draw < draws; draw += 1) {
    const values = series.draw(n, random);
    const readings = readPercentiles(values, values.slice().sort(), [50, 90], [0]);
    const [low, high] = readings.map((entry) => (entry.status === 'earned' ? entry.reading.interval : null));
    record(median, low ?? null, truths.median);
    record(p90, high ?? null, truths.p90);
    record(mean, meanInterval(values, measureDependence(values), random, LEVEL, RESAMPLES), series.mean);
  }
  return { median: toCoverage(median), p90: toCoverage(p90), mean: toCoverage(mean) };
}

interface Bounds {
  low: number;
  high: number;
}

function medianBounds(values: Float64Array, independent: boolean): Bounds {
  const sorted = values.slice().sort();
  if (independent) {
    const { low, high } = percentileInterval(sorted, 50, LEVEL, sorted.length);
    return { low: low ?? -Infinity, high: high ?? Infinity };
  }
  const [reading] = readPercentiles(values, sorted, [50], [0]);
  const interval = reading?.status === 'earned' ? reading.reading.interval : null;
  return { low: interval?.low ?? -Infinity, high: interval?.high ?? Infinity };
}

/** Share of pairs of consecutive runs of `n` queries whose median intervals do not meet, by two rules. */
export function missEachOther(
  levelShare: number,
  n: number,
  pairs: number,
  seed: number,
): { product: number; independent: number } {
  const random = createSeededRandom(seed);
  const misses = { product: 0, independent: 0 };
  const apart = (a: Bounds, b: Bounds): number => (a.high < b.low || b.high < a.low ? 1 : 0);
  for (let pair = 0; pair < pairs; pair += 1) {
    const values = drawWanderingSeries(2 * n, levelShare, random);
    const [a, b] = [values.slice(0, n), values.slice(n)];
    misses.product += apart(medianBounds(a, false), medianBounds(b, false));
    misses.independent += apart(medianBounds(a, true), medianBounds(b, true));
  }
  return { product: misses.product / pairs, independent: misses.independent / pairs };
}

function format({ covered, withheld }: Coverage): string {
  const text = Number.isNaN(covered) ? 'none' : (100 * covered).toFixed(1);
  return (withheld > 0 ? `${text} (${(100 * withheld).toFixed(0)} % withheld)` : text).padStart(23);
}

/** One line of output that can be computed by itself. */
type Job =
  | { kind: 'coverage'; series: number; n: number }
  | { kind: 'miss'; levelShare: number; n: number }
  | { kind: 'comparison'; comparison: number };

const COVERAGE_SIZES = [2000, 662, 200, 64];
/** Pairs after which a comparison that is not settled ends. */
const MOST_PAIRS = 400;
const LEVEL_SHARES = [0, 0.005, 0.01, 0.02, 0.05];

/** Longest first, so that threads end together. */
function planJobs(): Job[] {
  return [
    ...simulatedComparisons.map((_, comparison): Job => ({ kind: 'comparison', comparison })),
    ...LEVEL_SHARES.map((levelShare): Job => ({ kind: 'miss', levelShare, n: 2000 })),
    ...COVERAGE_SIZES.flatMap((n) => simulatedSeries.map((_, series): Job => ({ kind: 'coverage', series, n }))),
  ];
}

function perform(job: Job, draws: number): string {
  if (job.kind === 'miss') {
    const { product, independent } = missEachOther(job.levelShare, job.n, pairsFor(draws), 7);
    const name = `level ${(100 * job.levelShare).toFixed(1)} %`.padEnd(18);
    return `${name}${String(job.n).padStart(6)}${percent(product)}${percent(independent)}`;
  }
  if (job.kind === 'comparison') {
    const comparison = simulatedComparisons[job.comparison]!;
    const tally = simulateComparisons(comparison, comparisonsFor(draws), MOST_PAIRS, job.comparison + 1);
    const shares = [tally.wrong, tally.settled, tally.inTime, tally.covered].map((share) =>
      (100 * share).toFixed(1).padStart(10),
    );
    return `${comparison.name.padEnd(28)}${shares.join('')}${tally.meanPairs.toFixed(0).padStart(10)}`;
  }
  const series = simulatedSeries[job.series]!;
  const { median, p90, mean } = measureCoverage(series, job.n, draws, 1000 * job.n + job.series);
  return `${series.name.padEnd(18)}${String(job.n).padStart(6)}${[median, p90, mean].map(format).join('')}`;
}

function pairsFor(draws: number): number {
  return Math.max(20, Math.round(draws / 20));
}

function comparisonsFor(draws: number): number {
  return Math.max(20, Math.round(draws / 10));
}

function percent(value: number): string {
  return (100 * value).toFixed(1).padStart(23);
}

function heading(first: string, columns: readonly string[]): string {
  return `${first.padEnd(18)}${'n'.padStart(6)}${columns.map((name) => name.padStart(23)).join('')}`;
}

/** Spreads the jobs over the processors and returns their lines in the order of the jobs. */
async function performAll(jobs: readonly Job[], draws: number): Promise<string[]> {
  const lines: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { coverageDraws: draws } });
      for (let index = next++; index < jobs.length; index = next++) {
        // `once` from node:events rejects when the worker throws instead of answering.
        const answer = once(worker, 'message');
        worker.postMessage(jobs[index]);
        lines[index] = String((await answer)[0]);
      }
      await worker.terminate();
    }),
  );
  return lines;
}

async function printTables(draws: number): Promise<void> {
  const jobs = planJobs();
  const lines = await performAll(jobs, draws);
  const linesOf = (kind: Job['kind']): string[] => lines.filter((_, index) => jobs[index]?.kind === kind);
  const output = [
    `Coverage of 95 % intervals in percent, ${draws} draws per case`,
    heading('series', ['median', 'p90', 'mean']),
    ...linesOf('coverage'),
    '',
    `Consecutive runs on a wandering machine whose medians miss each other, in percent of ${pairsFor(draws)} pairs`,
    heading('wander per scale', ['product', 'as if independent']),
    ...linesOf('miss'),
    '',
    `Comparisons with a margin of 2 % that stop when settled, in percent of ${comparisonsFor(draws)}, and pairs`,
    `${''.padEnd(28)}${['wrong', 'settled', 'in time', 'covered', 'pairs'].map((name) => name.padStart(10)).join('')}`,
    ...linesOf('comparison'),
  ];
  process.stdout.write(`${output.join('\n')}\n`);
}

if (import.meta.main && isMainThread) {
  const { values } = parseArgs({ options: { draws: { type: 'string', default: '10000' } } });
  const draws = Number(values.draws);
  if (!Number.isInteger(draws) || draws < 1) throw new Error('--draws takes a whole number above 0.');
  await printTables(draws);
} else if (import.meta.main && parentPort !== null) {
  const { coverageDraws } = workerData as { coverageDraws: number };
  parentPort.on('message', (job: Job) => parentPort?.postMessage(perform(job, coverageDraws)));
}
