import { expect, test } from 'vitest';
import { spawnAhead } from '../../../src/core/engine-client/spawn-ahead.ts';
import type { EngineProcess } from '../../../src/core/engine-client/engine-process.ts';
import type { FromEngine } from '../../../src/engine/protocol.ts';

interface Fake extends EngineProcess {
  say(message: FromEngine): void;
  isKilled(): boolean;
}

function createFakes() {
  const started: Fake[] = [];
  const spawn = (): Fake => {
    const listeners: ((message: FromEngine) => void)[] = [];
    const { promise, resolve } = Promise.withResolvers<Awaited<EngineProcess['exited']>>();
    let killed = false;
    const fake: Fake = {
      pid: started.length + 1,
      send: () => undefined,
      onMessage: (listener) => void listeners.push(listener),
      stderrTail: () => '',
      kill() {
        killed = true;
        resolve({ exitCode: null, signal: 'SIGKILL', stderrTail: '' });
      },
      exited: promise,
      say: (message) => {
        for (const listener of listeners) listener(message);
      },
      isKilled: () => killed,
    };
    started.push(fake);
    return fake;
  };
  return { started, spawn };
}

test('keeps one expected engine waiting, and starts no more than expected', async () => {
  const { started, spawn } = createFakes();
  await using engines = spawnAhead(spawn);
  expect(started).toHaveLength(0);
  engines.expect(2);
  expect(started).toHaveLength(1);
  expect(engines.spawn().pid).toBe(1);
  expect(started).toHaveLength(2);
  expect(engines.spawn().pid).toBe(2);
  expect(started).toHaveLength(2);
  expect(engines.spawn().pid).toBe(3);
});

test('hands over what an engine said before anybody listened', async () => {
  const { started, spawn } = createFakes();
  await using engines = spawnAhead(spawn);
  engines.expect(1);
  const ready = { type: 'ready' } as FromEngine;
  started[0]!.say(ready);
  const heard: FromEngine[] = [];
  engines.spawn().onMessage((message) => heard.push(message));
  started[0]!.say({ type: 'progress' } as FromEngine);
  expect(heard.map(({ type }) => type)).toEqual(['ready', 'progress']);
});

test('starts an engine with an environment of its own apart', async () => {
  const { started, spawn } = createFakes();
  await using engines = spawnAhead(spawn);
  engines.expect(1);
  expect(engines.spawn({ environment: { CUDA_VISIBLE_DEVICES: '1' } }).pid).toBe(2);
  expect(engines.spawn().pid).toBe(started[0]!.pid);
});

test('does not hand over an engine that died while it waited', async () => {
  const { started, spawn } = createFakes();
  await using engines = spawnAhead(spawn);
  engines.expect(1);
  started[0]!.kill();
  await started[0]!.exited;
  await Promise.resolve();
  expect(engines.spawn().pid).toBe(2);
});

test('ends the engine that still waits when it is disposed of', async () => {
  const { started, spawn } = createFakes();
  {
    await using engines = spawnAhead(spawn);
    engines.expect(2);
    engines.spawn();
  }
  expect(started.map((one) => one.isKilled())).toEqual([false, true]);
});
