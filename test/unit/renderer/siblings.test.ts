import { describe, expect, it } from 'vitest';
import { readRates } from '../../../src/renderer/features/results/rate-steps.ts';
import { findSiblings, toMeasured } from '../../../src/renderer/features/results/siblings.ts';
import { toCellId, toRunId } from '../../../src/shared/domain/ids.ts';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import type { CellRecord } from '../../../src/shared/domain/run.ts';
import { createCompleted, createConfig, createPlan } from '../storage/sample-run.ts';

const runId = toRunId(0, 1);

function record(index: number, config: Partial<CellConfig>, p50Ns: number | null = 2e6): CellRecord {
  const outcome = p50Ns === null ? ({ state: 'pending' } as const) : createCompleted(p50Ns);
  const at = { provenance: null, startedAt: null, endedAt: null };
  return { id: toCellId(runId, index), runId, index, config: createConfig(config), outcome, ...at };
}

const load = (ratePerS: number) => ({ load: { ratePerS, maxBatch: 1, maxDelayMs: 0 } });

describe('results that belong together', () => {
  it('differ in what is asked about and in nothing else', () => {
    const cells = [
      record(0, { pauseMs: 0 }),
      record(1, { pauseMs: 50 }),
      record(2, { pauseMs: 50, threads: 2 }),
      record(3, { pauseMs: 100 }, null),
    ];
    const found = findSiblings(cells, cells[0]!.config, ['pauseMs']);
    expect(found.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('are rates that were given, in order, each with the latency of one percentile', () => {
    const cells = [
      record(0, { scenario: 'server', ...load(200) }, 5e6),
      record(1, { scenario: 'server', ...load(100) }, 3e6),
    ];
    const [first] = toMeasured(cells);
    const rates = readRates(createPlan({ scenario: 'server', ratesPerS: [200, 100] }), cells, first!);
    expect(rates).toMatchObject({ isSearch: false, serviceLevel: null, percentile: 90 });
    expect(rates?.steps.map(({ ratePerS, latencyNs }) => [ratePerS, latencyNs])).toEqual([
      [100, 3e6 * 1.2],
      [200, 5e6 * 1.2],
    ]);
  });

  it('are nothing beside a rate alone', () => {
    const cells = [record(0, { scenario: 'server', ...load(200) })];
    expect(readRates(createPlan({ scenario: 'server', ratesPerS: [200] }), cells, toMeasured(cells)[0]!)).toBeNull();
  });
});
