import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type Engine } from '../../../src/core/engine-client/engine-client.ts';
import type { EngineProcess } from '../../../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { probeProvider } from '../../../src/core/engine-client/probe-provider.ts';
import { engineEntryPath, resourcePath } from '../../../src/core/resources.ts';
import type { MeasureTask } from '../../../src/engine/protocol.ts';
import { isProcessAlive } from '../../../src/core/measure/process-identity.ts';
import { writeMatrixChain } from '../../support/slow-model.ts';

const spawn = createNodeSpawner(engineEntryPath());
let folder: string;
let chain: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'engine-client-'));
  chain = path.join(folder, 'chain.onnx');
  await writeMatrixChain(chain, 12);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ready(): Promise<Engine> {
  const start = await startEngine(spawn);
  if (start.state !== 'ready') throw new Error(`The engine did not start: ${start.state}`);
  return start.engine;
}

/** Measures the matrix chain at a size for `minDurationS`. */
async function chainTask(size: number, minDurationS: number): Promise<MeasureTask> {
  const inputs = path.join(folder, `inputs-${size}.bin`);
  await writeFile(
    inputs,
    new Uint8Array(Float32Array.from({ length: size * size }, (_, index) => (index % 13) / 13).buffer),
  );
  return {
    kind: 'measure',
    session: {
      modelPath: chain,
      provider: 'cpu',
      deviceId: 0,
      threads: 1,
      allowedCpus: [],
      graphOptimization: 'all',
      keys: {},
    },
    inputs: {
      path: inputs,
      feeds: 1,
      tensors: [{ name: 'x', type: 'float32', dims: [1, size, size], byteLength: size * size * 4 }],
    },
    scenario: 'single-stream',
    batch: 1,
    batchOutput: 'y',
    minDurationS,
    minQueries: 1,
    warmUp: { minRuns: 1, minS: 0, maxS: 0, tolerance: 1 },
    maxKept: 1000,
    identityModel: resourcePath('engine', 'identity.onnx'),
  };
}

describe('an engine process', () => {
  it('measures, and its stamps are ordered and add up to the queries it reports', async () => {
    await using engine = await ready();
    const issued: number[] = [];
    const completed: number[] = [];
    const end = await engine.run(await chainTask(8, 0.3), {
      onSamples: (block) => {
        issued.push(...block.issuedNs);
        completed.push(...block.completedNs);
      },
    });
    if (end.state !== 'done') throw new Error(JSON.stringify(end));
    expect(issued).toHaveLength(Math.min(1000, Math.ceil(end.result.queries / end.result.keptEvery)));
    expect(
      issued.every((start, index) => start >= (completed[index - 1] ?? 0) && start < (completed[index] ?? 0)),
    ).toBe(true);
    expect(end.result.executedBatch).toEqual({ min: 1, max: 1 });
    expect(end.result.durationNs).toBeGreaterThanOrEqual(0.3e9);
  });

  it('keeps at most as many stamps as allowed and counts every query', async () => {
    await using engine = await ready();
    let kept = 0;
    const task = await chainTask(4, 0.5);
    const end = await engine.run(
      { ...task, maxKept: 500, warmUp: { minRuns: 10, minS: 0.05, maxS: 0.1, tolerance: 1 } },
      { onSamples: (block) => (kept += block.issuedNs.length) },
    );
    if (end.state !== 'done') throw new Error(JSON.stringify(end));
    expect(end.result.keptEvery).toBeGreaterThan(1);
    expect(kept).toBeLessThanOrEqual(500);
    expect(end.result.queries).toBeGreaterThan(500);
  });

  it('is gone within a second of a cancellation, even inside a long native call', async () => {
    await using engine = await ready();
    const abort = new AbortController();
    let cancelledAt = 0;
    const end = await engine.run(await chainTask(2048, 600), {
      signal: abort.signal,
      onProgress: ({ stage }) => {
        if (stage !== 'first' || cancelledAt > 0) return;
        cancelledAt = Infinity;
        setTimeout(() => {
          cancelledAt = performance.now();
          abort.abort();
        }, 100);
      },
    });
    expect(end.state).toBe('cancelled');
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    expect(isProcessAlive(engine.pid, '')).toBe(false);
  });

  it('that is killed reports signal and stage, and what it had sent stays', async () => {
    await using engine = await ready();
    let kept = 0;
    const end = await engine.run(await chainTask(64, 600), {
      onSamples: (block) => {
        kept += block.issuedNs.length;
        process.kill(engine.pid, 'SIGSEGV');
      },
    });
    expect(end).toMatchObject({ state: 'crashed', stage: 'measured', exit: { signal: 'SIGSEGV' } });
    expect(kept).toBeGreaterThan(0);
  });

  it('is ended above its memory limit, with the limit in the reason', async () => {
    await using engine = await ready();
    const end = await engine.run(await chainTask(2048, 600), { memoryLimitBytes: 60 * 2 ** 20 });
    expect(end).toMatchObject({ state: 'crashed', exit: { signal: 'SIGKILL' } });
    expect(end.state === 'crashed' && end.exit.stderrTail).toMatch(/limit was 60 MiB/);
  });

  it('that is silent for too long is ended and reported as timed out', async () => {
    await using engine = await ready();
    const end = await engine.run(await chainTask(2048, 600), { deadlines: { silenceS: 0.5 } });
    expect(end).toMatchObject({ state: 'timed-out', deadlineS: 0.5 });
    await expect.poll(() => isProcessAlive(engine.pid, '')).toBe(false);
  });

  it('passes on what ONNX Runtime throws and lives on', async () => {
    await using engine = await ready();
    const notAModel = path.join(folder, 'text.onnx');
    await writeFile(notAModel, 'plainly text');
    const task = await chainTask(8, 0.1);
    const failed = await engine.run({ ...task, session: { ...task.session, modelPath: notAModel } });
    expect(failed).toMatchObject({ state: 'failed', stage: 'session' });
    expect((await engine.run(task)).state).toBe('done');
  });
});

describe('an engine at work', () => {
  it('leaves no telemetry of ONNX Runtime behind, neither in the cache folder nor in the temporary one', async () => {
    const home = await mkdtemp(path.join(folder, 'home-'));
    const start = await startEngine(spawn, { environment: { HOME: home, TMPDIR: home, XDG_CACHE_HOME: home } });
    if (start.state !== 'ready') throw new Error(start.state);
    await using engine = start.engine;
    const session = { ...(await chainTask(8, 0.1)).session, modelPath: resourcePath('engine', 'probe.onnx') };
    expect(await engine.run({ kind: 'probe', session })).toMatchObject({ state: 'done' });
    // The library writes its database from a thread of its own, soon after the first session.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await readdir(home, { recursive: true })).toEqual([]);
  });
});

describe('starting an engine', () => {
  it('refuses one that speaks another protocol, and ends it', async () => {
    let killed = false;
    const stranger: EngineProcess = {
      pid: 1,
      send: () => undefined,
      onMessage: (listener) => {
        listener({ type: 'ready', protocolVersion: 999, versions: { node: '0', onnxruntime: '0' } });
      },
      stderrTail: () => '',
      kill: () => (killed = true),
      exited: new Promise(() => undefined),
    };
    const start = await startEngine(() => stranger);
    expect(start).toMatchObject({
      state: 'crashed',
      exit: { stderrTail: expect.stringContaining('protocol 999') as string },
    });
    expect(killed).toBe(true);
  });

  it('reports a file that is no engine as a crash with its standard error', async () => {
    const broken = path.join(folder, 'broken.mjs');
    await writeFile(broken, 'throw new Error("no engine here")');
    const start = await startEngine(createNodeSpawner(broken));
    expect(start).toMatchObject({ state: 'crashed', exit: { exitCode: 1 } });
    expect(start.state === 'crashed' && start.exit.stderrTail).toContain('no engine here');
  });

  it('passes on only the variables that an engine needs', async () => {
    const echo = path.join(folder, 'environment.mjs');
    await writeFile(echo, 'process.stderr.write(JSON.stringify(Object.keys(process.env))); process.exit(3)');
    process.env.SECRET_TOKEN_FOR_TEST = 'secret';
    const start = await startEngine(createNodeSpawner(echo));
    delete process.env.SECRET_TOKEN_FOR_TEST;
    const names = start.state === 'crashed' ? (JSON.parse(start.exit.stderrTail) as string[]) : [];
    expect(names).toContain('PATH');
    expect(names).not.toContain('SECRET_TOKEN_FOR_TEST');
  });
});

describe('a provider probe', () => {
  it('proves the CPU by running a model with a known answer', async () => {
    expect(await probeProvider(spawn, 'cpu')).toMatchObject({ status: { status: 'available', software: false } });
  });

  it('says why a provider of another platform is unavailable', async () => {
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
    expect(await probeProvider(spawn, foreign)).toMatchObject({
      status: { status: 'unavailable', cause: 'not-in-build' },
    });
  });

  it('reads the missing library out of standard error where the CUDA libraries are not installed', async () => {
    const { status } = await probeProvider(spawn, 'cuda');
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      expect(status).toMatchObject({ status: 'unavailable', cause: 'not-in-build' });
    } else if (status.status === 'unavailable') {
      expect(['missing-library', 'driver-too-old', 'no-device']).toContain(status.cause);
      expect(status.remedy).not.toBeNull();
    } else {
      expect(status.device).toMatch(/CUDA device 0/);
    }
  });
});
