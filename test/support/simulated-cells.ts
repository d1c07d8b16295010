import { toCellId, toRunId } from '../../src/shared/domain/ids.ts';
import type { Percentile } from '../../src/shared/domain/measurement.ts';
import type { CellConfig } from '../../src/shared/domain/plan.ts';
import type { Reading, Unit } from '../../src/shared/domain/provenance.ts';
import type { CellOutcome, CellRecord } from '../../src/shared/domain/run.ts';
import { createCompleted } from '../unit/storage/sample-run.ts';

const runId = toRunId(Date.UTC(2026, 0, 1), 0);

export interface SimulatedResult {
  latencyNs: number;
  samplesPerS: number;
  /** Half the width of every interval as a share of its value. */
  uncertainty?: number;
  /** Percentiles that are earned, as multiples of the latency. */
  percentiles?: Readonly<Record<number, number>>;
  verdict?: 'VALID' | 'INVALID';
}

/** A configuration as it is stored, with an outcome that was made up. */
export function toRecord(config: CellConfig, index: number, outcome: CellOutcome): CellRecord {
  return {
    id: toCellId(runId, index),
    runId,
    index,
    config,
    outcome,
    provenance: null,
    startedAt: null,
    endedAt: null,
  };
}

/** A made-up result. */
export function simulateOutcome({
  latencyNs,
  samplesPerS,
  uncertainty = 0.01,
  percentiles = { 50: 1, 90: 1.1 },
  verdict = 'VALID',
}: SimulatedResult): CellOutcome {
  const outcome = createCompleted(latencyNs, verdict);
  if (outcome.state !== 'completed') throw new Error('not completed');
  const reading = (value: number, unit: Unit): Reading => ({
    value,
    unit,
    kind: 'measured',
    interval: { low: value * (1 - uncertainty), high: value * (1 + uncertainty), level: 0.95, method: 'made up' },
    n: 1000,
  });
  const { measurement } = outcome;
  const summary = {
    ...measurement.summary,
    throughput: reading(samplesPerS, 'samples/s'),
    percentiles: Object.entries(percentiles).map(([percentile, factor]): Percentile => ({
      status: 'earned',
      percentile: Number(percentile),
      reading: reading(latencyNs * factor, 'ns'),
      earlyStoppingNs: null,
    })),
  };
  return { ...outcome, measurement: { ...measurement, summary } };
}
