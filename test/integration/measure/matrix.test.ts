import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import type { RunEvent, RunOptions } from '../../../src/core/measure/run-ports.ts';
import { resumePlan, runPlan } from '../../../src/core/measure/run-plan.ts';
import { createRunSessions } from '../../../src/core/measure/run-session.ts';
import { resolveModel } from '../../../src/core/models/resolve-model.ts';
import type { RunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { limitDatabase } from '../../support/limited-database.ts';
import { measureUnderKills, retryRun } from '../../support/measure-under-kills.ts';
import { shortPlan } from '../../support/short-plan.ts';

let models: string;
let folder: string;
let core: Core;
let options: RunOptions;
beforeAll(async () => {
  models = await mkdtemp(path.join(tmpdir(), 'matrix-models-'));
  using builder = createCore({ dataDirectory: models });
  await resolveModel('mlp-tabular', builder);
});
afterAll(async () => {
  await rm(models, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'matrix-'));
  await cp(path.join(models, 'models'), path.join(folder, 'models'), { recursive: true });
  core = createCore({ dataDirectory: folder });
  options = { lockPath: path.join(folder, 'lock') };
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const hasty = { minDurationS: 0.2, minQueries: 16, warmUp: { minRuns: 3, minS: 0.05, maxS: 0.05, tolerance: 0.5 } };

function matrix(changes: Partial<Plan> = {}): Plan {
  return shortPlan({ models: ['mlp-tabular'], scenario: 'offline', override: hasty, ...changes });
}

function states(runId: RunId): string[] {
  return core.storage.cells.ofRun(runId).map(({ outcome }) => outcome.state);
}

/** Engines as they are started, by their pid. */
function watchEngines(): { pids: number[]; spawn: SpawnEngine } {
  const pids: number[] = [];
  return {
    pids,
    spawn(spawnOptions) {
      const engine = core.spawn(spawnOptions);
      pids.push(engine.pid);
      return engine;
    },
  };
}

describe('pausing', () => {
  it('ends after the present configuration, gives the machine back, and goes on where it ended', async () => {
    const sessions = createRunSessions(core, options);
    const runId = await sessions.start(matrix({ batches: [1, 2] }));
    expect(sessions.pause()).toMatchObject({ runId, pausing: true });
    await untilEnded(sessions);
    expect(states(runId)).toEqual(['completed', 'pending']);
    expect(core.storage.runs.get(runId).state).toBe('paused');
    const [before] = core.storage.cells.ofRun(runId);
    await sessions.resume(runId);
    await untilEnded(sessions);
    expect(states(runId)).toEqual(['completed', 'completed']);
    expect(core.storage.cells.ofRun(runId)[0]).toEqual(before);
    await sessions.close();
  });

  it('can be withdrawn while the configuration is still measured', async () => {
    const sessions = createRunSessions(core, options);
    const runId = await sessions.start(matrix({ batches: [1, 2] }));
    sessions.pause();
    expect(await sessions.resume(runId)).toBe(runId);
    expect(sessions.current()?.pausing).toBe(false);
    await untilEnded(sessions);
    expect(states(runId)).toEqual(['completed', 'completed']);
    expect(core.storage.runs.get(runId).state).toBe('completed');
    await sessions.close();
  });

  async function untilEnded(sessions: ReturnType<typeof createRunSessions>): Promise<void> {
    while (sessions.isMeasuring()) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

describe('a service level', () => {
  it('leaves out larger batches of a column that misses it, and says so', async () => {
    // Only what is valid is judged, and that needs three windows of warm-up.
    const override = { ...hasty, minQueries: 64, warmUp: { minRuns: 3, minS: 0.1, maxS: 30, tolerance: 100 } };
    const plan = matrix({ batches: [1, 2, 4], override, serviceLevel: { percentile: 90, latencyMs: 1e-3 } });
    const runId = await runPlan(plan, core, options);
    expect(states(runId)).toEqual(['completed', 'skipped', 'skipped']);
    expect(core.storage.cells.ofRun(runId)[1]?.outcome).toMatchObject({
      cause: 'hopeless',
      reason: expect.stringContaining('Batch 1 misses the limit of 0.001 ms at p90') as string,
    });
    expect(core.storage.runs.get(runId).state).toBe('completed');
  });
});

describe('a configuration that kills its engine', () => {
  it('is a result, and the rest of the matrix is measured; it is measured again on request alone', async () => {
    const { pids, spawn } = watchEngines();
    const poison = (event: RunEvent): void => {
      if (event.type === 'progress' && event.index === 0 && event.stage === 'measured') {
        process.kill(pids.at(-1) ?? 0, 'SIGSEGV');
      }
    };
    const runId = await runPlan(matrix({ batches: [1, 2] }), { ...core, spawn }, { ...options, onEvent: poison });
    expect(states(runId)).toEqual(['crashed', 'completed']);
    const before = core.storage.cells.ofRun(runId);
    await resumePlan(runId, core, options);
    expect(core.storage.cells.ofRun(runId)).toEqual(before);
    await resumePlan(runId, core, { ...options, retry: true });
    expect(states(runId)).toEqual(['completed', 'completed']);
    expect(core.storage.cells.ofRun(runId).slice(1)).toEqual(before.slice(1));
  });
});

describe('what the machine cannot hold', () => {
  it('is refused before anything is stored: more threads than processors, with both numbers', async () => {
    const failure = await runPlan(matrix({ threads: [4096] }), core, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^4096 threads .* \d+ processor/) as string,
    });
    expect(core.storage.runs.list().items).toEqual([]);
  });

  it('is refused before anything is stored: more memory than there is, with the estimate', async () => {
    const plan = matrix({ batches: [1, 100_000] });
    const failure = await runPlan(plan, core, { ...options, memoryLimitBytes: 150 * 2 ** 20 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'MODEL_TOO_LARGE',
      message: expect.stringMatching(
        /at batch 100000 needs at least [\d.]+ GiB of memory, and 0\.1 GiB may be used/,
      ) as string,
      remedy: expect.stringContaining('batch 1') as string,
    });
    expect(core.storage.runs.list().items).toEqual([]);
  });
});

describe('time that passes otherwise than it should', () => {
  it('makes a result INVALID when the engine was stopped meanwhile, and it is measured again at once', async () => {
    const { pids, spawn } = watchEngines();
    let stops = 0;
    const onEvent = (event: RunEvent): void => {
      if (stops > 0 || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 0.3e9) return;
      stops++;
      const pid = pids.at(-1) ?? 0;
      process.kill(pid, 'SIGSTOP');
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1500);
    };
    const plan = matrix({ override: { ...hasty, minDurationS: 1 } });
    const runId = await runPlan(plan, { ...core, spawn }, { ...options, onEvent });
    const [cell] = core.storage.cells.ofRun(runId);
    expect(stops).toBe(1);
    // One engine was stopped and one measured in its place.
    expect(pids).toHaveLength(2);
    expect(cell?.outcome).toMatchObject({ state: 'completed' });
    expect(cell?.outcome.state === 'completed' && cell.outcome.measurement.disturbance.suspendedNs).toBeUndefined();
  });

  it('stays INVALID when it happens every time', async () => {
    const { pids, spawn } = watchEngines();
    const stopped = new Set<number>();
    const onEvent = (event: RunEvent): void => {
      const pid = pids.at(-1) ?? 0;
      if (stopped.has(pid) || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 0.3e9)
        return;
      stopped.add(pid);
      process.kill(pid, 'SIGSTOP');
      setTimeout(() => process.kill(pid, 'SIGCONT'), 1500);
    };
    const plan = matrix({ override: { ...hasty, minDurationS: 1 } });
    const runId = await runPlan(plan, { ...core, spawn }, { ...options, onEvent });
    const [cell] = core.storage.cells.ofRun(runId);
    if (cell?.outcome.state !== 'completed') throw new Error('not completed');
    expect(cell.outcome.validity).toMatchObject({ verdict: 'INVALID' });
    expect(cell.outcome.validity.findings.map(({ code }) => code)).toContain('SUSPENDED');
    expect(cell.outcome.measurement.disturbance.suspendedNs).toBeGreaterThan(1e9);
  });

  it('changes nothing when the time of day jumps: stamps and durations are those of a clock that only goes forward', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { pids, spawn } = watchEngines();
      const onEvent = (event: RunEvent): void => {
        if (event.type !== 'progress' || event.stage !== 'measured') return;
        // A day back at every message of progress.
        vi.setSystemTime(Date.now() - 86_400_000);
      };
      const runId = await runPlan(matrix({ batches: [1, 2] }), { ...core, spawn }, { ...options, onEvent });
      expect(pids).toHaveLength(2);
      const cells = core.storage.cells.ofRun(runId);
      for (const { id, outcome } of cells) {
        if (outcome.state !== 'completed') throw new Error('not completed');
        const { durationNs, queries } = outcome.measurement.summary;
        expect(durationNs).toBeGreaterThanOrEqual(hasty.minDurationS * 1e9);
        expect(durationNs).toBeLessThan(60e9);
        const [series] = core.storage.series.read(id);
        const { issuedNs, completedNs } = series!.samples;
        expect(issuedNs).toHaveLength(queries);
        expect(issuedNs.every((issued, index) => issued >= (completedNs[index - 1] ?? 0))).toBe(true);
        expect(completedNs.every((completed, index) => completed >= issuedNs[index]!)).toBe(true);
      }
      expect(cells.map(({ index }) => index)).toEqual([0, 1]);
      expect(Date.parse(cells[1]!.endedAt!)).toBeLessThan(Date.parse(cells[0]!.startedAt!));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a disk that is full', () => {
  it('ends a matrix with what could not be stored, keeps what was, and lets it go on', async () => {
    const limits = limitDatabase(core.directory.database);
    const limited = { ...core, storage: limits.storage };
    const unsaved: number[] = [];
    const started: RunId[] = [];
    const failure = await runPlan(matrix({ batches: [1, 2, 4] }), limited, {
      ...options,
      onEvent(event) {
        if (event.type === 'started') started.push(event.runId);
        if (event.type === 'unsaved') unsaved.push(event.index);
        if (event.type === 'cell-started' && event.index === 1) limits.forbidGrowth();
      },
    }).catch((error: unknown) => error);
    const runId = started[0]!;
    expect(failure).toMatchObject({ code: 'STORAGE_FULL' });
    expect(unsaved).toEqual([1]);
    expect(states(runId)[0]).toBe('completed');
    const [before] = core.storage.cells.ofRun(runId);
    limits.lift();
    await resumePlan(runId, limited, options);
    expect(states(runId)).toEqual(['completed', 'completed', 'completed']);
    expect(core.storage.cells.ofRun(runId)[0]).toEqual(before);
    limits.storage.close();
  });
});

it.skipIf(process.platform !== 'linux')(
  'engines and a core that are killed cost what they had not finished, and nothing else',
  async () => {
    core[Symbol.dispose]();
    const killing = { dataDirectory: folder, lockPath: path.join(folder, 'lock') };
    const report = await measureUnderKills({
      ...killing,
      plan: matrix({ batches: [1, 2, 4, 8] }),
      engineKills: 1,
      coreKills: 2,
      meanGapMs: 1500,
      seed: 3,
    });
    expect(report).toMatchObject({ engineKills: 1, coreKills: 2, measuredAgain: 0, lost: 0 });
    const ended = (report.cells.completed ?? 0) + (report.cells.crashed ?? 0) + (report.cells.failed ?? 0);
    expect(ended).toBe(4);
    expect(report.cells.completed).toBeGreaterThanOrEqual(3);
    expect(await retryRun(killing, report)).toEqual({ measuredAgain: 0, cells: { completed: 4 } });
    core = createCore({ dataDirectory: folder });
  },
);
