import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type Engine } from '../../../src/core/engine-client/engine-client.ts';
import { evaluateModel } from '../../../src/core/engine-client/evaluate.ts';
import { measureHarnessCost, probeProvider } from '../../../src/core/engine-client/probe-provider.ts';
import { engineEntryPath, resourcePath } from '../../../src/core/resources.ts';
import { createUtilitySpawner } from '../../../src/main/utility-spawner.ts';
import { forkUtility } from './fork-utility.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'utility-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const spawn = createUtilitySpawner(forkUtility, engineEntryPath());

async function start(): Promise<Engine> {
  const started = await startEngine(spawn);
  if (started.state !== 'ready') throw new Error(`the engine did not start: ${JSON.stringify(started)}`);
  return started.engine;
}

/** A module in place of the engine. */
async function spawnModule(text: string) {
  const file = path.join(folder, `${crypto.randomUUID()}.js`);
  await writeFile(file, text);
  return createUtilitySpawner(forkUtility, file)();
}

describe('an engine in a utility process', () => {
  it('announces itself with its process id and versions', async () => {
    await using engine = await start();
    expect(engine.pid).toBeGreaterThan(0);
    expect(engine.versions.onnxruntime).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('runs a model with a known answer', async () => {
    const { status } = await probeProvider(spawn, 'cpu');
    expect(status.status).toBe('available');
  });

  it('carries tensors both ways', async () => {
    const data = Float32Array.from({ length: 4 }, (_, index) => index / 2);
    const outputs = await evaluateModel(spawn, resourcePath('engine', 'identity.onnx'), {
      x: { type: 'float32', dims: [4], data },
    });
    expect(Object.values(outputs).map((output) => [output.dims, output.data])).toEqual([[[4], data]]);
  });

  it('measures what it costs itself', async () => {
    expect((await measureHarnessCost(spawn)).clockResolutionNs).toBeGreaterThan(0);
  });

  it('says what ONNX Runtime says of a file that is no model', async () => {
    const file = path.join(folder, 'text.onnx');
    await writeFile(file, 'not a model');
    await expect(evaluateModel(spawn, file, {})).rejects.toMatchObject({ code: 'MODEL_NOT_ONNX' });
  });

  it('is gone after it was killed, even while it listens to nobody', async () => {
    const child = await spawnModule('process.send({ type: "busy" }); for (;;) {}');
    await new Promise<void>((resolve) => child.onMessage(() => resolve()));
    const { pid } = child;
    child.kill();
    await child.exited;
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    child.kill();
    child.send({ type: 'cancel' });
  });

  it('leaves its exit code and the last it printed', async () => {
    const child = await spawnModule('process.stderr.write("y".repeat(100_000) + "the end", () => process.exit(3));');
    const exit = await child.exited;
    expect([exit.exitCode, exit.signal]).toEqual([3, null]);
    expect(exit.stderrTail.endsWith('the end')).toBe(true);
    expect(exit.stderrTail.length).toBe(64 * 1024);
  });

  it('counts as crashed when it ends before it announces itself', async () => {
    const file = path.join(folder, 'crash.js');
    await writeFile(file, 'throw new Error("no such library");');
    const started = await startEngine(createUtilitySpawner(forkUtility, file));
    expect(started).toMatchObject({
      state: 'crashed',
      exit: { exitCode: 1, stderrTail: expect.stringContaining('no such library') as string },
    });
  });

  it('gets none of the variables that it has no use for', async () => {
    process.env.SECRET_OF_THE_USER = 'secret';
    const spawner = async (environment: Record<string, string>) => {
      const file = path.join(folder, 'environment.js');
      await writeFile(file, 'process.stderr.write(JSON.stringify(process.env), () => process.exit());');
      return createUtilitySpawner(forkUtility, file)({ environment });
    };
    try {
      const { stderrTail } = await (await spawner({ CUDA_VISIBLE_DEVICES: '1' })).exited;
      const environment = JSON.parse(stderrTail) as Record<string, string>;
      expect(environment.CUDA_VISIBLE_DEVICES).toBe('1');
      expect(environment.PATH).toBe(process.env.PATH);
      expect(environment.SECRET_OF_THE_USER).toBeUndefined();
    } finally {
      delete process.env.SECRET_OF_THE_USER;
    }
  });
});
