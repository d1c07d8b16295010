import type { Interval, Reading } from '../../../shared/domain/provenance.ts';
import type { PairedSpeed } from '../../stats/paired-speed.ts';
import { LEVEL, readPercentiles } from '../../stats/read-percentiles.ts';

/** The speed-up with its interval, from log ratios. */
export function toSpeedup({ meanLogRatio, interval, pairs, effectivePairs }: PairedSpeed): Reading {
  return {
    value: Math.exp(meanLogRatio),
    unit: '1',
    kind: 'measured',
    interval:
      interval === null
        ? null
        : {
            low: Math.exp(interval.low),
            high: Math.exp(interval.high),
            level: LEVEL,
            method: describe(pairs, effectivePairs),
          },
    n: pairs,
  };
}

function describe(pairs: number, effectivePairs: number): Interval['method'] {
  const size = Math.floor(effectivePairs);
  return size < pairs ? `t sequence over log ratios, n_eff ${size}` : 't sequence over log ratios';
}

/** Median latency of one query over the medians of blocks, ns. */
export function toLatency(mediansNs: Float64Array): Reading {
  const sorted = mediansNs.slice().sort();
  const [median] = readPercentiles(mediansNs, sorted, [50], [0]);
  if (median?.status === 'earned') return median.reading;
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return { value: middle, unit: 'ns', kind: 'measured', interval: null, n: mediansNs.length };
}
