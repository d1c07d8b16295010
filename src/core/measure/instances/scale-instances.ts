import type { InstanceScaling } from '../../../shared/domain/instance-scaling.ts';
import type { CellConfig } from '../../../shared/domain/plan.ts';
import type { Interval, Reading } from '../../../shared/domain/provenance.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { summarizeSeries } from '../../stats/summarize-series.ts';
import type { ProcessSeries } from '../../stats/summarize-processes.ts';
import { mergeSeries } from './common-interval.ts';

const level = 0.95;

/** Executed samples per second of several engines over the time in which all of them worked. */
export function sumThroughput(series: readonly ProcessSeries[], each: readonly (Reading | null)[]): Reading | null {
  const [first] = series;
  const everyKept = series.every(({ context }) => context.keptEvery === 1);
  const oneBatch = series.every(({ context }) => context.samplesPerQuery === first?.context.samplesPerQuery);
  if (first === undefined) return null;
  // One series of all completions shows how the engines' rates hang together.
  if (everyKept && oneBatch) {
    const merged = mergeSeries(series.map((one) => one.series));
    return summarizeSeries(merged, { ...first.context, totalQueries: merged.issuedNs.length, percentiles: [] })
      .throughput;
  }
  const readings = each.filter((one) => one !== null);
  if (readings.length < each.length) return null;
  const value = readings.reduce((sum, one) => sum + one.value, 0);
  const reach = (pick: (interval: Interval, at: number) => number | null): number | null => {
    const parts = readings.map((one) => (one.interval === null ? null : pick(one.interval, one.value)));
    return parts.every((part) => part !== null) ? Math.hypot(...parts) : null;
  };
  const below = reach((interval, at) => (interval.low === null ? null : at - interval.low));
  const above = reach((interval, at) => (interval.high === null ? null : interval.high - at));
  return {
    value,
    unit: 'samples/s',
    kind: 'measured',
    interval:
      below === null || above === null
        ? null
        : { low: value - below, high: value + above, level, method: 'intervals of the instances, added in quadrature' },
    n: readings.reduce((sum, one) => sum + (one.n ?? 0), 0),
  };
}

/** One instance of the same configuration, where the run has measured it to its end. */
export function findSingle(config: CellConfig, earlier: readonly CellRecord[]): Reading | null {
  const single = earlier.find(
    ({ config: other, outcome }) =>
      outcome.state === 'completed' &&
      (other.instances ?? 1) === 1 &&
      other.model === config.model &&
      other.provider === config.provider &&
      other.device === config.device &&
      other.scenario === config.scenario &&
      other.batch === config.batch &&
      other.threads === config.threads,
  );
  return single?.outcome.state === 'completed' ? single.outcome.measurement.summary.throughput : null;
}

/** What all together reach over one alone; per instance only where one alone computes with as many threads. */
export function compareWithSingle(
  together: Reading | null,
  single: Reading | null,
  count: number,
  sameThreads: boolean,
): InstanceScaling['single'] {
  if (together === null || single === null) return null;
  const gain = ratio(together, single);
  const part = (value: number | null): number | null => (value === null ? null : value / count);
  const efficiency: Reading = {
    ...gain,
    value: gain.value / count,
    unit: 'ratio',
    interval: gain.interval && { ...gain.interval, low: part(gain.interval.low), high: part(gain.interval.high) },
  };
  return { throughput: single, gain, efficiency: sameThreads ? efficiency : null };
}

/** Quotient of two independent readings; its interval by adding the relative reaches in quadrature. */
function ratio(upper: Reading, lower: Reading): Reading {
  const value = upper.value / lower.value;
  const reach = (up: number | null | undefined, down: number | null | undefined): number | null =>
    up == null || down == null ? null : Math.hypot(Math.log(up / upper.value), Math.log(down / lower.value));
  const above = reach(upper.interval?.high, lower.interval?.low);
  const below = reach(upper.interval?.low, lower.interval?.high);
  return {
    value,
    unit: '1',
    kind: 'computed',
    interval:
      above === null && below === null
        ? null
        : {
            low: below === null ? null : value * Math.exp(-below),
            high: above === null ? null : value * Math.exp(above),
            level,
            method: 'relative intervals, added in quadrature',
          },
    n: null,
  };
}

/** How evenly engines got through their work; null where one has no rate. */
export function judgeFairness(each: readonly (Reading | null)[]): InstanceScaling['fairness'] {
  const rates = each.flatMap((one) => (one === null ? [] : [one.value]));
  if (rates.length < each.length || rates.length === 0) return null;
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const squares = rates.reduce((total, rate) => total + rate * rate, 0);
  // Rounding must not lift equal rates above 1.
  return {
    minOverMax: Math.min(...rates) / Math.max(...rates),
    jain: Math.min(1, (sum * sum) / (rates.length * squares)),
  };
}
