import { describe, expect, it } from 'vitest';
import { drawAutoregressive } from '../../../scripts/simulated-series.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';
import { summarizeProcesses } from '../../../src/core/stats/summarize-processes.ts';
import { summarizeSeries, type SeriesContext } from '../../../src/core/stats/summarize-series.ts';
import { seriesSummarySchema, type SampleSeries } from '../../../src/shared/domain/measurement.ts';

const NS_PER_MS = 1e6;

/** A closed loop: each query is issued when the one before has completed. */
function closedLoop(latenciesNs: Float64Array): SampleSeries {
  const issuedNs = new Float64Array(latenciesNs.length);
  const completedNs = new Float64Array(latenciesNs.length);
  let now = 0;
  latenciesNs.forEach((latencyNs, index) => {
    issuedNs[index] = now;
    now += latencyNs;
    completedNs[index] = now;
  });
  return { scheduledNs: null, issuedNs, completedNs };
}

function noisyLatencies(n: number, seed: number, levelMs = 1): Float64Array {
  return drawAutoregressive(n, 0, createSeededRandom(seed)).map((value) => levelMs * NS_PER_MS * Math.exp(0.1 * value));
}

function contextFor(series: SampleSeries, changes: Partial<SeriesContext> = {}): SeriesContext {
  return {
    samplesPerQuery: 1,
    totalQueries: series.issuedNs.length,
    keptEvery: 1,
    durationNs: series.completedNs[series.completedNs.length - 1] ?? 0,
    percentiles: [50, 90, 99],
    seed: 7,
    ...changes,
  };
}

describe('summary of a series', () => {
  it('gives every number of a steady run and fits the domain schema', () => {
    const series = closedLoop(noisyLatencies(2000, 1));
    const summary = summarizeSeries(series, contextFor(series));
    expect(seriesSummarySchema.parse(summary)).toEqual(summary);
    expect(summary.percentiles.map((entry) => entry.status)).toEqual(['earned', 'earned', 'earned']);
    expect(summary.drift?.flagged).toBe(false);
    expect(summary.changePoint).toBeNull();
    const [median] = summary.percentiles;
    if (median?.status !== 'earned') throw new Error('The median was not earned.');
    expect(median.reading.interval?.low).toBeLessThan(median.reading.value);
    expect(median.reading.interval?.high).toBeGreaterThan(median.reading.value);
    expect(median.earlyStoppingNs).toBeGreaterThan(median.reading.value);
  });

  it('says how many queries an unearned percentile needs', () => {
    const series = closedLoop(noisyLatencies(100, 2));
    const summary = summarizeSeries(series, contextFor(series));
    expect(summary.percentiles[2]).toEqual({ status: 'unearned', percentile: 99, n: 100, neededN: 368 });
  });

  it('asks for more queries when neighbours correlate', () => {
    const latencies = drawAutoregressive(500, 0.9, createSeededRandom(3)).map((value) => NS_PER_MS * (10 + value));
    const series = closedLoop(latencies);
    const p99 = summarizeSeries(series, contextFor(series)).percentiles[2];
    expect(p99).toMatchObject({ status: 'unearned', n: 500 });
    expect(p99?.status === 'unearned' && p99.neededN).toBeGreaterThan(500);
  });

  it('withholds the tail of a short series whose latencies hang together, and keeps its median', () => {
    const latencies = drawAutoregressive(120, 0.9, createSeededRandom(5)).map((value) => NS_PER_MS * (20 + value));
    const [median, p90] = summarizeSeries(closedLoop(latencies), contextFor(closedLoop(latencies))).percentiles;
    expect(median?.status).toBe('earned');
    expect(p90).toMatchObject({ status: 'unearned', n: 120 });
    expect(p90?.status === 'unearned' && p90.neededN).toBeGreaterThan(120);
  });

  it('measures latency from the schedule where there is one', () => {
    const series = closedLoop(noisyLatencies(100, 4));
    const late = { ...series, scheduledNs: series.issuedNs.map((issuedNs) => issuedNs - NS_PER_MS) };
    const difference =
      (summarizeSeries(late, contextFor(series)).latencyMinNs ?? 0) -
      (summarizeSeries(series, contextFor(series)).latencyMinNs ?? 0);
    expect(difference).toBeCloseTo(NS_PER_MS, 0);
  });

  it('gives throughput as executed samples between first and last completion', () => {
    const series = closedLoop(new Float64Array(101).fill(2 * NS_PER_MS));
    const summary = summarizeSeries(series, contextFor(series, { samplesPerQuery: 8 }));
    expect(summary.throughput?.value).toBeCloseTo(8 * 500, 6);
    expect(summary.executedSamples).toBe(808);
  });

  it('gives the same throughput when only every fourth query was kept', () => {
    const all = closedLoop(noisyLatencies(8001, 5));
    const keep = (stamps: Float64Array): Float64Array => stamps.filter((_, index) => index % 4 === 0);
    const thinned = { scheduledNs: null, issuedNs: keep(all.issuedNs), completedNs: keep(all.completedNs) };
    const full = summarizeSeries(all, contextFor(all)).throughput;
    const part = summarizeSeries(thinned, contextFor(thinned, { totalQueries: 8001, keptEvery: 4 })).throughput;
    expect((part?.value ?? 0) / (full?.value ?? 1)).toBeCloseTo(1, 9);
    expect(part?.interval?.low).toBeLessThan(full?.value ?? 0);
    expect(part?.interval?.high).toBeGreaterThan(full?.value ?? 0);
  });

  it('repeats exactly', () => {
    const series = closedLoop(noisyLatencies(700, 6));
    expect(summarizeSeries(series, contextFor(series))).toEqual(summarizeSeries(series, contextFor(series)));
  });

  it.each([0, 1, 2, 5])('gives no interval and no invented number for %d queries', (n) => {
    const series = closedLoop(noisyLatencies(n, 7));
    const summary = summarizeSeries(series, contextFor(series));
    expect(seriesSummarySchema.parse(summary)).toEqual(summary);
    expect(summary.percentiles.every((entry) => entry.status === 'unearned')).toBe(true);
    expect(summary.throughput?.interval ?? null).toBeNull();
    expect(JSON.stringify(summary)).not.toContain('NaN');
  });

  it('handles a constant series without dividing by its spread', () => {
    const series = closedLoop(new Float64Array(400).fill(NS_PER_MS));
    const summary = summarizeSeries(series, contextFor(series));
    expect(seriesSummarySchema.parse(summary)).toEqual(summary);
    expect(summary.autocorrelationLag1).toBeNull();
    expect(summary.drift?.flagged).toBe(false);
  });
});

describe('summary over processes', () => {
  const measure = (levels: readonly number[]) =>
    summarizeProcesses(
      levels.map((levelMs, index) => {
        const series = closedLoop(noisyLatencies(1000, 20 + index, levelMs));
        return { series, context: contextFor(series) };
      }),
    );

  it('of one process is the summary of that process', () => {
    const { processes, summary, betweenProcessSpread } = measure([1]);
    expect(summary).toEqual(processes[0]);
    expect(betweenProcessSpread).toBeNull();
  });

  it('widens the median to what differs between processes', () => {
    const medianOf = ({ summary }: ReturnType<typeof measure>) => {
      const [median] = summary.percentiles;
      if (median?.status !== 'earned' || median.reading.interval === null) throw new Error('no median');
      const { low, high, method } = median.reading.interval;
      return { value: median.reading.value, low: low ?? 0, high: high ?? 0, method };
    };
    const level = medianOf(measure([1, 1, 1]));
    const apart = medianOf(measure([1, 1.1, 1.2]));
    expect(apart.method).toMatch(/^Student t over 3 processes, with order statistics/);
    // Medians 0.1 apart: standard deviation 0.1 of 1.1, t(2) 4.30 over the root of 3.
    expect((apart.high - apart.low) / 2 / apart.value).toBeGreaterThan(0.2);
    expect((level.high - level.low) / 2 / level.value).toBeLessThan(0.1);
  });

  it('takes mean and throughput from process means and pools the samples for percentiles', () => {
    const { processes, summary } = measure([1, 1, 1, 1, 1]);
    expect(seriesSummarySchema.parse(summary)).toEqual(summary);
    expect(summary.kept).toBe(5000);
    expect(summary.latencyMeanNs?.interval?.method).toBe('Student t over 5 process means');
    expect(summary.throughput?.interval?.method).toBe('Student t over 5 process means');
    expect(summary.latencyMaxNs).toBe(Math.max(...processes.map((process) => process.latencyMaxNs ?? 0)));
  });

  it('widens the median where processes differ more than their samples explain', () => {
    const widthOf = (levels: readonly number[]): number => {
      const [median] = measure(levels).summary.percentiles;
      if (median?.status !== 'earned') throw new Error('The median was not earned.');
      return (median.reading.interval?.high ?? Infinity) - (median.reading.interval?.low ?? -Infinity);
    };
    expect(widthOf([0.96, 0.98, 1, 1.02, 1.04])).toBeGreaterThan(3 * widthOf([1, 1, 1, 1, 1]));
  });

  it('refuses an empty list', () => {
    expect(() => summarizeProcesses([])).toThrow();
  });
});
