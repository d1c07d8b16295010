import { expandPlan } from '../../../src/core/measure/expand-plan.ts';
import type { FinalOutcome } from '../../../src/core/storage/cells.ts';
import type { Storage } from '../../../src/core/storage/open.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { detectFixedMachine } from '../support/fixed-machine.ts';
import { simulateCell, type CellResult } from './simulated-cell.ts';
import { storeRun } from './store-run.ts';

const basePlan: Plan = {
  models: ['mobilenet-v2'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1],
  threads: [0],
  grade: 'standard',
  seed: 7,
  dims: {},
  inputs: null,
  repeats: 1,
};

const withoutSamples = (outcome: FinalOutcome): CellResult => ({ outcome, samples: [] });

/** Three processes of one configuration, VALID. */
const threeProcesses: Plan = { ...basePlan, repeats: 3 };

/** A batch sweep: the larger batches were measured while something else ran (VALID WITH REMARKS). */
const batchSweep: Plan = { ...basePlan, models: ['resnet50'], batches: [1, 2, 4, 8, 16] };
const perSampleNs = [51e6, 43e6, 38.5e6, 36e6, 35.2e6];

/** Three providers: one result is INVALID, one engine crashed, one provider is not there. */
const providers: Plan = { ...basePlan, models: ['bert-base'], providers: ['cpu', 'webgpu', 'cuda'] };

/** Three finished runs in January 2026 that hold every kind of ending a configuration has. */
export async function storeFinishedRuns(storage: Storage): Promise<void> {
  const report = await detectFixedMachine();
  const store = (plan: Plan, createdAt: string, results: readonly CellResult[]): void => {
    const cells = expandPlan(plan).map((config, index) => ({ config, ...results[index]! }));
    storeRun(storage, report, { plan, createdAt, cells, secondsPerCell: 70 });
  };

  store(
    threeProcesses,
    '2026-01-02T09:00:00.000Z',
    expandPlan(threeProcesses).map((config) =>
      simulateCell({ config, grade: 'standard', medianNs: 3.41e6, queries: [1500, 1500, 1500] }),
    ),
  );
  store(
    batchSweep,
    '2026-01-03T14:30:00.000Z',
    expandPlan(batchSweep).map((config, index) =>
      simulateCell({
        config,
        grade: 'standard',
        medianNs: perSampleNs[index]! * config.batch,
        queries: [900],
        disturbance: index < 3 ? {} : { otherLoadBefore: 0.14, otherLoadDuring: 0.11 },
      }),
    ),
  );
  const [onCpu] = expandPlan(providers);
  store(providers, '2026-01-04T17:45:00.000Z', [
    simulateCell({ config: onCpu!, grade: 'standard', medianNs: 89.4e6, queries: [700], steady: false }),
    withoutSamples({
      state: 'crashed',
      stage: 'session',
      exit: { exitCode: null, signal: 'SIGSEGV', stderrTail: 'dawn: device lost while compiling a shader' },
      keptSamples: 0,
    }),
    withoutSamples({
      state: 'failed',
      failure: {
        code: 'PROVIDER_UNAVAILABLE',
        message: 'The provider CUDA does not work here: libcudnn.so.9 cannot be loaded.',
        remedy: 'Install the NVIDIA driver, then run inferometer gpu install.',
      },
    }),
  ]);
}
