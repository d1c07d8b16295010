import type { StoredRatio } from '../../shared/domain/comparison.ts';
import type { CellId } from '../../shared/domain/ids.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import type { CellRecord } from '../../shared/domain/run.ts';
import { InferometerError } from '../../shared/errors.ts';
import { toVerdict } from '../stats/paired-speed.ts';
import { ratioInterval, type PositiveEstimate } from '../../shared/statistics/ratio-interval.ts';
import { LEVEL } from '../stats/read-percentiles.ts';
import type { Storage } from '../storage/open.ts';

/**
 * The ratio of the median latencies of two stored results, without measuring: not paired, so whatever changed between
 * the two measurements is in it. Throws NOT_FOUND, and USAGE for a result without a median.
 */
export function compareStored(
  { baseline, candidate, margin }: { baseline: CellId; candidate: CellId; margin: number },
  storage: Storage,
): StoredRatio {
  const cells = [storage.cells.get(baseline), storage.cells.get(candidate)] as const;
  const latencies = [requireMedian(cells[0]), requireMedian(cells[1])] as const;
  const { value, low, high } = ratioInterval(toEstimate(latencies[0]), toEstimate(latencies[1]));
  return {
    verdict: toVerdict({ low: Math.log(low), high: Math.log(high) }, Math.log1p(margin)),
    speedup: {
      value,
      unit: '1',
      kind: 'computed',
      interval: { low, high, level: LEVEL, method: 'from the intervals of both medians, not paired' },
      n: null,
    },
    margin,
    baseline: { cellId: baseline, model: cells[0].config.model, latency: latencies[0] },
    candidate: { cellId: candidate, model: cells[1].config.model, latency: latencies[1] },
    remarks: remarkOn(cells),
  };
}

function requireMedian({ id, outcome }: CellRecord): Reading {
  const percentiles = outcome.state === 'completed' ? outcome.measurement.summary.percentiles : [];
  const median = percentiles.find(({ percentile }) => percentile === 50);
  if (median?.status === 'earned') return median.reading;
  throw new InferometerError({
    code: 'USAGE',
    message: `The result ${id} has no median with an interval (${outcome.state}).`,
    remedy: 'Compare completed results, or measure both anew without --stored.',
  });
}

/** A bound that the sample does not earn is no bound. */
function toEstimate({ value, interval }: Reading): PositiveEstimate {
  return { value, low: interval?.low ?? 0, high: interval?.high ?? Infinity };
}

function remarkOn([baseline, candidate]: readonly [CellRecord, CellRecord]): string[] {
  const differs = (pick: (cell: CellRecord) => unknown): boolean =>
    JSON.stringify(pick(baseline)) !== JSON.stringify(pick(candidate));
  const invalid = [baseline, candidate].filter(
    ({ outcome }) => outcome.state === 'completed' && outcome.validity.verdict === 'INVALID',
  );
  return [
    'The two were measured one after the other and not in pairs, so drift, heat and other programs are in the ratio.',
    ...(differs(({ provenance }) => provenance?.machineFingerprint)
      ? ['They were measured on different machines.']
      : []),
    ...(differs(({ config }) => config.batch) ? ['Their batches differ: the ratio is that of whole queries.'] : []),
    ...(differs(({ config }) => config.dims) ? ['Their dimensions have different sizes.'] : []),
    ...(differs(({ provenance }) => provenance?.runtime.onnxruntime)
      ? ['They were measured with different versions of ONNX Runtime.']
      : []),
    ...invalid.map(({ id }) => `The result ${id} is INVALID.`),
  ];
}
