import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import type { RunOptions } from '../../../src/core/measure/run-ports.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
let options: RunOptions;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'instances-'));
  core = createCore({ dataDirectory: folder });
  options = { lockPath: path.join(folder, 'lock') };
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const override = {
  minDurationS: 0.5,
  minQueries: 64,
  warmUp: { minRuns: 5, minS: 0.05, maxS: 0.2, tolerance: 0.5 },
};
/** A machine of one processor has two instances only when more are asked for than it has. */
const twoInstances = { instances: [1, 2], threads: [1], oversubscribe: true };

it('works in two engines at once and compares them with one alone', async () => {
  const plan = shortPlan({ models: ['digits-cnn'], ...twoInstances, override });
  const cells = core.storage.cells.ofRun(await runPlan(plan, core, options));
  const [single, both] = cells.map(({ outcome }) => (outcome.state === 'completed' ? outcome.measurement : null));
  const scaling = both?.instances;
  expect(scaling?.count).toBe(2);
  expect(scaling?.commonNs).toBeGreaterThanOrEqual(0.5e9);
  expect(scaling?.each).toHaveLength(2);
  expect(scaling?.single?.throughput).toEqual(single?.summary.throughput);
  const sum = scaling!.each.reduce((total, one) => total + (one?.value ?? 0), 0);
  // Between first and last completion of all: a stall of one is in it, whoever is on the machine. Bounds hold on any.
  expect(scaling!.throughput!.value).toBeLessThan(1.05 * sum);
  const answered = both!.processes.reduce((total, { queries }) => total + queries, 0);
  expect(scaling!.throughput!.value).toBeGreaterThanOrEqual(((answered - 1) * 1e9) / scaling!.commonNs);
  expect(both?.summary.throughput).toEqual(scaling?.throughput);
  expect(scaling!.fairness!.jain).toBeGreaterThan(0);
  expect(core.storage.series.sizes(cells[1]!.id)).toHaveLength(2);
  if (process.platform === 'linux' && scaling?.oversubscribed === false) {
    expect(scaling.pinned).toEqual({ status: 'present', value: true });
    expect(new Set(scaling.processors.flat()).size).toBe(scaling.processors.flat().length);
  }
});

it('ends with the reason of the instance that died, and keeps what all had measured', async () => {
  const engines: number[] = [];
  const spawn: SpawnEngine = (spawnOptions) => {
    const engine = core.spawn(spawnOptions);
    engines.push(engine.pid);
    return engine;
  };
  let killed = false;
  const plan = shortPlan({
    models: ['digits-cnn'],
    ...twoInstances,
    instances: [2],
    override: { ...override, minDurationS: 20 },
  });
  const runId = await runPlan(
    plan,
    { ...core, spawn },
    {
      ...options,
      onEvent: (event) => {
        if (killed || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 1.2e9) return;
        killed = true;
        process.kill(engines.at(-1)!, 'SIGKILL');
      },
    },
  );
  const [cell] = core.storage.cells.ofRun(runId);
  expect(cell?.outcome).toMatchObject({ state: 'crashed', stage: 'measured', exit: { signal: 'SIGKILL' } });
  if (cell?.outcome.state !== 'crashed') throw new Error('not crashed');
  expect(cell.outcome.exit.stderrTail).toContain('Instance 2 of 2 ended');
  expect(cell.outcome.keptSamples).toBeGreaterThan(0);
});

it('ends soon when it is cancelled, with what all had measured', async () => {
  const abort = new AbortController();
  let abortedAt = 0;
  const plan = shortPlan({
    models: ['digits-cnn'],
    ...twoInstances,
    instances: [2],
    override: { ...override, minDurationS: 20 },
  });
  const runId = await runPlan(plan, core, {
    ...options,
    signal: abort.signal,
    onEvent: (event) => {
      if (abortedAt > 0 || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 0.3e9) return;
      abortedAt = performance.now();
      abort.abort();
    },
  });
  expect(performance.now() - abortedAt).toBeLessThan(2000);
  const [cell] = core.storage.cells.ofRun(runId);
  expect(cell?.outcome.state).toBe('cancelled');
  expect(core.storage.series.sizes(cell!.id)).toHaveLength(2);
});
