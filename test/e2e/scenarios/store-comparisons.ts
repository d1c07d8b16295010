import { fingerprintMachine } from '../../../src/core/hardware/fingerprint.ts';
import type { Storage } from '../../../src/core/storage/open.ts';
import { simulateSeries } from '../../unit/storage/sample-run.ts';
import { detectFixedMachine } from '../support/fixed-machine.ts';
import { createSampleComparisons } from './sample-comparisons.ts';

/** Comparisons of January 2026 with every kind of ending. */
export async function storeComparisons(storage: Storage): Promise<void> {
  const report = await detectFixedMachine();
  const fingerprint = fingerprintMachine(report);
  const sha256 = storage.machines.put({ fingerprint, report, seenAt: '2026-01-02T08:00:00.000Z' });
  for (const { record, pairs } of createSampleComparisons({ sha256, fingerprint })) {
    const { speed } = record.result;
    const samples =
      speed === null
        ? null
        : {
            pairs,
            series: {
              baseline: simulateSeries(100, 1, speed.latency.baseline.value),
              candidate: simulateSeries(100, 2, speed.latency.candidate.value),
            },
          };
    storage.comparisons.create([{ record, samples }]);
  }
}
