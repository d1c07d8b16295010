import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { resumePlan, runPlan } from '../../../src/core/measure/run-plan.ts';
import { readTuning } from '../../../src/shared/matrix/tuning.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tune-'));
  core = createCore({ dataDirectory: folder });
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

it('a search that was stopped goes on where its results end, and confirms what it found', async () => {
  const abort = new AbortController();
  const plan = shortPlan({
    models: ['digits-cnn'],
    scenario: 'offline',
    batches: [1, 8],
    // As soon as the warm-up can settle, so that the results are valid.
    override: { minDurationS: 0.2, minQueries: 64, warmUp: { minRuns: 2, minS: 0.1, maxS: 20, tolerance: 9 } },
    search: { kind: 'tune', objective: 'throughput' },
  });
  const lockPath = path.join(folder, 'lock');
  const runId = await runPlan(plan, core, {
    lockPath,
    signal: abort.signal,
    onEvent: ({ type }) => {
      if (type === 'cell-finished') abort.abort();
    },
  });
  expect(core.storage.runs.get(runId).state).toBe('cancelled');
  const [first] = core.storage.cells.ofRun(runId);
  expect(first).toMatchObject({ config: { trial: { purpose: 'search' } }, outcome: { state: 'completed' } });
  await resumePlan(runId, core, { lockPath });
  const cells = core.storage.cells.ofRun(runId);
  expect(core.storage.runs.get(runId).state).toBe('completed');
  expect(cells[0]).toEqual(first);
  expect(new Set(cells.map(({ config }) => JSON.stringify(config))).size).toBe(cells.length);
  const full = cells.filter(({ config }) => config.trial?.purpose === 'confirm');
  // Batch 8 on one thread, and the defaults, which are no candidate of this plan.
  expect(full.map(({ config }) => [config.batch, config.threads])).toContainEqual([1, 0]);
  expect(full).toHaveLength(2);
  expect(readTuning(core.storage.runs.get(runId).plan, cells)).toMatchObject({ candidates: 2, tried: 2 });
  expect(full.every(({ provenance }) => provenance?.command.includes('inferometer run digits-cnn'))).toBe(true);
});
