import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import type { RunEvent, RunOptions } from '../../../src/core/measure/run-ports.ts';
import { acquireLock } from '../../../src/core/measure/lock.ts';
import { resumePlan, runPlan } from '../../../src/core/measure/run-plan.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import type { RunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { writeMatrixChain } from '../../support/slow-model.ts';

let folder: string;
let core: Core;
let options: RunOptions;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-plan-'));
  core = createCore({ dataDirectory: folder });
  options = { lockPath: path.join(folder, 'lock') };
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

function states(runId: RunId): string[] {
  return core.storage.cells.ofRun(runId).map(({ outcome }) => outcome.state);
}

describe('measuring a plan', () => {
  it('stores each configuration with its samples, provenance and accuracy on held-out labels', async () => {
    const runId = await runPlan(shortPlan({ models: ['digits-cnn'], batches: [1, 4] }), core, options);
    const [first, second] = core.storage.cells.ofRun(runId);
    if (first?.outcome.state !== 'completed' || second?.outcome.state !== 'completed') throw new Error('not completed');
    const { measurement, validity } = second.outcome;
    expect(measurement.executedBatch).toBe(4);
    expect(measurement.summary.executedSamples).toBe(4 * measurement.summary.queries);
    expect(measurement.accuracy).toMatchObject({ total: 540 });
    expect(measurement.accuracy?.reading.value).toBeGreaterThan(0.97);
    expect(validity.findings.map(({ code }) => code)).toContain('CUSTOM_RULES');
    const [series] = core.storage.series.read(second.id);
    expect(series?.samples.issuedNs).toHaveLength(measurement.summary.kept);
    expect(second.provenance).toMatchObject({
      model: { id: 'digits-cnn' },
      runtime: { onnxruntime: '1.30.0', provider: 'cpu' },
      sessionOptions: { intraOpNumThreads: 1 },
    });
    expect(second.provenance?.command).toContain(
      'inferometer run digits-cnn --provider cpu --scenario single-stream --batch 4',
    );
    expect(core.storage.runs.get(runId).state).toBe('completed');
  });

  it('measures every repeat in a fresh process and reports how far they lie apart', async () => {
    const runId = await runPlan(shortPlan({ models: ['digits-cnn'], repeats: 2 }), core, options);
    const [cell] = core.storage.cells.ofRun(runId);
    if (cell?.outcome.state !== 'completed') throw new Error('not completed');
    expect(cell.outcome.measurement.processes).toHaveLength(2);
    expect(cell.outcome.measurement.betweenProcessSpread).toBeGreaterThan(0);
    expect(core.storage.series.sizes(cell.id)).toHaveLength(2);
  });

  it('goes on after an engine was killed, and keeps the samples of the killed one', async () => {
    const engines: number[] = [];
    const spawn: SpawnEngine = (spawnOptions) => {
      const engine = core.spawn(spawnOptions);
      engines.push(engine.pid);
      return engine;
    };
    let killed = false;
    const runId = await runPlan(
      shortPlan({ models: ['digits-cnn'], batches: [1, 2], override: { minDurationS: 2 } }),
      { ...core, spawn },
      {
        ...options,
        onEvent: (event) => {
          if (killed || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 1.5e9) return;
          killed = true;
          process.kill(engines.at(-1) ?? 0, 'SIGKILL');
        },
      },
    );
    expect(states(runId)).toEqual(['crashed', 'completed']);
    const [crashed] = core.storage.cells.ofRun(runId);
    expect(crashed?.outcome).toMatchObject({ stage: 'measured', exit: { signal: 'SIGKILL' } });
    expect(crashed?.outcome.state === 'crashed' && crashed.outcome.keptSamples).toBeGreaterThan(0);
  });

  it('stores a provider that is not there as a failed configuration and measures the rest', async () => {
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
    const runId = await runPlan(shortPlan({ models: ['digits-cnn'], providers: [foreign, 'cpu'] }), core, options);
    expect(states(runId)).toEqual(['failed', 'completed']);
  });
});

describe('cancelling', () => {
  it('ends within a second, keeps what was measured and can be resumed', async () => {
    const abort = new AbortController();
    let abortedAt = 0;
    const plan = shortPlan({ models: ['digits-cnn'], batches: [1, 2], override: { minDurationS: 30 } });
    const runId = await runPlan(plan, core, {
      ...options,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 0.5e9 || abortedAt > 0) return;
        abortedAt = performance.now();
        abort.abort();
      },
    });
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    expect(states(runId)).toEqual(['cancelled', 'pending']);
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
    const [cancelled] = core.storage.cells.ofRun(runId);
    expect(cancelled?.outcome.state === 'cancelled' && cancelled.outcome.keptSamples).toBeGreaterThan(0);
  });
});

describe('a core that is killed', () => {
  /** Runs a plan in a process of its own, which reports every event. */
  function runInChild(plan: Plan): ChildProcess {
    return fork(new URL('../../support/run-plan-child.ts', import.meta.url), [], {
      execArgv: [],
      env: { ...process.env, PLAN: JSON.stringify(plan), DATA_DIR: folder, LOCK: options.lockPath },
    });
  }

  it('leaves a database that opens and a plan that resumes where it stopped', async () => {
    core[Symbol.dispose]();
    const child = runInChild(shortPlan({ models: ['digits-cnn'], batches: [1, 2, 4] }));
    const finished: number[] = [];
    const started: RunId[] = [];
    child.on('message', (event: RunEvent) => {
      if (event.type === 'started') started.push(event.runId);
      if (event.type === 'cell-finished') finished.push(event.index);
      if (event.type === 'cell-started' && event.index === 1) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    core = createCore({ dataDirectory: folder });
    const [runId] = started;
    if (runId === undefined) throw new Error('the run had not started');
    expect(core.interrupted).toEqual([runId]);
    expect(states(runId)).toEqual(['completed', 'pending', 'pending']);
    const [before] = core.storage.cells.ofRun(runId);

    await resumePlan(runId, core, options);
    expect(states(runId)).toEqual(['completed', 'completed', 'completed']);
    expect(core.storage.cells.ofRun(runId)[0]).toEqual(before);
    expect(core.storage.runs.get(runId).state).toBe('completed');
  });
});

describe('bad input', () => {
  async function refusal(plan: Plan): Promise<unknown> {
    const failure: unknown = await runPlan(plan, core, options).catch((error: unknown) => error);
    // Nothing half-stored, and the machine is free again.
    expect(core.storage.runs.list().items).toEqual([]);
    return failure;
  }

  it('is refused with the names that exist for an unknown model', async () => {
    expect(await refusal(shortPlan({ models: ['resnet51'] }))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      remedy: expect.stringContaining('resnet50') as string,
    });
  });

  it('is refused for an operator that ONNX Runtime does not know', async () => {
    const { createGraphBuilder } = await import('../../../src/core/onnx/build.ts');
    const { writeModel } = await import('../../../src/core/onnx/write.ts');
    const graph = createGraphBuilder();
    graph.output('y', graph.node('Frobnicate', [graph.input('x', 'float32', [1, 4])]), 'float32', [1, 4]);
    const file = path.join(folder, 'unknown.onnx');
    await writeModel(graph.build('unknown').model, file);
    expect(await refusal(shortPlan({ models: [file] }))).toMatchObject({
      code: 'MODEL_UNKNOWN_OPERATOR',
      message: expect.stringContaining('Frobnicate') as string,
    });
  });

  it('names the dimension that is needed, and the one that does not exist', async () => {
    const chain = path.join(folder, 'chain.onnx');
    await writeMatrixChain(chain, 1);
    expect(await refusal(shortPlan({ models: [chain] }))).toMatchObject({ code: 'DIMENSION_NEEDED' });
    expect(await refusal(shortPlan({ models: [chain], dims: { size: 4, height: 2 } }))).toMatchObject({
      code: 'DIMENSION_MISMATCH',
      message: expect.stringContaining('"height"') as string,
    });
  });

  it('is refused for a batch that the model fixes otherwise', async () => {
    const probe = path.join(folder, 'probe.onnx');
    await cp(resourcePath('engine', 'probe.onnx'), probe);
    expect(await refusal(shortPlan({ models: [probe], batches: [2] }))).toMatchObject({ code: 'DIMENSION_MISMATCH' });
  });

  it('is refused when the only provider of the plan is not available', async () => {
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
    expect(await refusal(shortPlan({ models: ['digits-cnn'], providers: [foreign] }))).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  it('is refused at once when another measurement holds the machine', async () => {
    using _other = await acquireLock({ wait: false, lockPath: path.join(folder, 'lock') });
    expect(await refusal(shortPlan({ models: [path.join(folder, 'absent.onnx')] }))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    expect(await refusal(shortPlan({ models: ['digits-cnn'] }))).toMatchObject({ code: 'MACHINE_BUSY' });
  });

  it('is refused for a file that is no model', async () => {
    const file = path.join(folder, 'text.onnx');
    await writeFile(file, 'no model');
    expect(await refusal(shortPlan({ models: [file] }))).toMatchObject({ code: 'MODEL_NOT_ONNX' });
  });
});
