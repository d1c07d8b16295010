import type { Storage } from '../../../src/core/storage/open.ts';
import { expandMatrix } from '../../../src/core/measure/expand-plan.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import { detectFixedMachine } from '../support/fixed-machine.ts';
import { simulateCell, type CellResult } from './simulated-cell.ts';
import { storeRun } from './store-run.ts';

const matrixPlan: Plan = {
  models: ['resnet50', 'resnet50-int8-static'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1, 2, 4, 8, 16, 32],
  threads: [1],
  instances: [1, 2, 4],
  grade: 'standard',
  seed: 7,
  dims: {},
  inputs: null,
  repeats: 1,
  serviceLevel: { percentile: 99, latencyMs: 250 },
};

const tunePlan: Plan = {
  ...matrixPlan,
  models: ['mobilenet-v2'],
  batches: [1, 2, 4, 8, 16],
  threads: [0, 1, 2],
  instances: [1, 2],
  serviceLevel: { percentile: 99, latencyMs: 50 },
  search: { kind: 'tune', objective: 'throughput' },
};

/** A matrix of two precisions in which every kind of ending occurs, and a search for the best of another. */
export async function storeMatrixRuns(storage: Storage): Promise<void> {
  const report = await detectFixedMachine();
  const store = (plan: Plan, createdAt: string, cells: readonly (CellResult & { config: CellConfig })[]): void => {
    storeRun(storage, report, { plan, createdAt, cells, secondsPerCell: 70 });
  };
  store(tunePlan, '2026-01-03T11:00:00.000Z', simulateTuning());
  store(
    matrixPlan,
    '2026-01-04T11:00:00.000Z',
    expandMatrix(matrixPlan).map((config) => ({ config, ...simulatePlace(config) })),
  );
}

function simulatePlace(config: CellConfig): CellResult {
  const { batch, instances = 1, model } = config;
  const isInteger = model.endsWith('int8-static');
  if (batch === 32 && instances > 1) {
    return {
      outcome: {
        state: 'skipped',
        cause: 'hopeless',
        reason: 'Batch 16 already took longer than p99 within 250 ms allows.',
        remedy: 'Measure it by itself to see its numbers.',
      },
      samples: [],
    };
  }
  if (isInteger && batch === 16 && instances === 4) {
    return {
      outcome: {
        state: 'crashed',
        stage: 'measured',
        exit: { exitCode: null, signal: 'SIGKILL', stderrTail: '' },
        keptSamples: 0,
      },
      samples: [],
    };
  }
  const medianNs = latencyNs(config) * (isInteger ? 0.36 : 1);
  return simulateCell({
    config,
    grade: 'standard',
    medianNs,
    queries: [700],
    steady: !(batch === 8 && instances === 2 && !isInteger),
    details: instances === 1 ? {} : { instances: together(instances, (batch * 1e9) / medianNs) },
  });
}

/** Of a query: larger batches gain until the cache is full, and instances share the memory. */
function latencyNs({ batch, instances = 1, threads }: CellConfig): number {
  const perSampleNs = 51e6 / (1 + 0.42 * Math.log2(batch)) + (batch > 8 ? 4e6 : 0);
  const speedup = threads === 0 ? 1.8 : threads === 2 ? 1.7 : 1;
  return (batch * perSampleNs * (1 + 0.12 * (instances - 1))) / speedup;
}

function together(count: number, eachPerS: number) {
  const reading = (value: number) => ({
    value,
    unit: 'samples/s' as const,
    kind: 'measured' as const,
    interval: { low: value * 0.993, high: value * 1.007, level: 0.95, method: 'block bootstrap' },
    n: 700 * count,
  });
  return {
    count,
    commonNs: 61e9,
    throughput: reading(count * eachPerS),
    each: Array.from({ length: count }, () => reading(eachPerS)),
    threads: 1,
    processors: Array.from({ length: count }, (_, index) => [index]),
    pinned: { status: 'present' as const, value: true as const },
    oversubscribed: false,
    single: null,
    fairness: { minOverMax: 1, jain: 1 },
  };
}

function simulateTuning(): (CellResult & { config: CellConfig })[] {
  const trial = { purpose: 'search', minDurationS: 0.4, minQueries: 6 } as const;
  const all = expandMatrix(tunePlan);
  const tried = all.filter(({ batch }, index) => batch === 4 || index % 5 === 0);
  const simulate = (config: CellConfig, queries: number): CellResult & { config: CellConfig } => {
    const medianNs = latencyNs(config) / 14;
    const { instances = 1, batch } = config;
    const details = instances === 1 ? {} : { instances: together(instances, (batch * 1e9) / medianNs) };
    return { config, ...simulateCell({ config, grade: 'standard', medianNs, queries: [queries], details }) };
  };
  const winner = all.find(({ batch, instances, threads }) => batch === 8 && instances === 2 && threads === 1)!;
  const defaults = all.find(
    ({ batch, instances, threads }) => batch === 1 && instances === undefined && threads === 0,
  )!;
  return [
    ...tried.map((config) => simulate({ ...config, trial }, 40)),
    ...[winner, defaults].map((config) => simulate({ ...config, trial: { purpose: 'confirm' } }, 900)),
  ];
}
