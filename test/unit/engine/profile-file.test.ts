import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explainRuntimeMessage } from '../../../src/core/engine-client/explain-failure.ts';
import { parseProfile, readProfile } from '../../../src/engine/runtime/profile-file.ts';

function run(ts: number, dur: number) {
  return { cat: 'Session', name: 'model_run', ts, dur, args: {} };
}

function kernel(name: string, operator: string, ts: number, dur: number, index = 0) {
  const args = {
    op_name: operator,
    provider: 'CPUExecutionProvider',
    node_index: String(index),
    input_type_shape: [{ float: [1, 4] }, { int64: [] }],
    output_type_shape: [{ float: [1, 8] }],
    parameter_size: '64',
    activation_size: '16',
    output_size: '32',
  };
  return { cat: 'Node', name: `${name}_kernel_time`, ts, dur, args };
}

it('has each node once, with its time in every run but the first', () => {
  const events = [
    kernel('a', 'MatMul', 0, 90),
    run(0, 100),
    kernel('a', 'MatMul', 110, 5),
    kernel('b', 'Relu', 115, 2, 1),
    run(105, 20),
    kernel('a', 'MatMul', 210, 7),
    kernel('b', 'Relu', 218, 3, 1),
    run(205, 20),
  ];
  const { runsNs, nodes } = parseProfile(events, 1);
  expect(runsNs).toEqual([20_000, 20_000]);
  expect(nodes).toMatchObject([
    { name: 'a', operator: 'MatMul', index: 0, calls: 1, durationsNs: [5000, 7000], gpuNs: null, parameterBytes: 64 },
    { name: 'b', operator: 'Relu', index: 1, calls: 1, durationsNs: [2000, 3000] },
  ]);
  expect(nodes[0]).toMatchObject({
    inputs: [
      { type: 'float', dims: [1, 4] },
      { type: 'int64', dims: [] },
    ],
    outputs: [{ type: 'float', dims: [1, 8] }],
  });
});

it('takes the time of nested nodes out of the loop that runs them, and counts their calls', () => {
  const events = [
    kernel('loop', 'Loop', 10, 50),
    kernel('inner', 'MatMul', 12, 20),
    kernel('inner', 'MatMul', 34, 20),
    run(5, 60),
  ];
  const { nodes } = parseProfile(events, 0);
  expect(nodes).toMatchObject([
    { name: 'loop', calls: 1, durationsNs: [10_000] },
    { name: 'inner', calls: 2, durationsNs: [40_000] },
  ]);
});

it('has the time on the GPU on average over all runs', () => {
  const events = [
    kernel('a', 'MatMul', 1, 2),
    run(0, 10),
    kernel('a', 'MatMul', 21, 2),
    run(20, 10),
    { cat: 'Api', name: 'a&MatMul&program', ts: 1, dur: 30, args: {} },
    { cat: 'Api', name: 'a&MatMul&program', ts: 21, dur: 50, args: {} },
  ];
  expect(parseProfile(events, 1).nodes).toMatchObject([{ name: 'a', gpuNs: 40_000, durationsNs: [2000] }]);
});

it('refuses what is no profile', () => {
  expect(() => parseProfile({ traceEvents: [] }, 1)).toThrow('not what ONNX Runtime');
  expect(() => parseProfile([run(0, 10), { ...run(20, 10), ts: '20' }], 1)).toThrow('not what ONNX Runtime');
});

describe('a profile on a disk', () => {
  function read(text: string): unknown {
    const folder = mkdtempSync(path.join(tmpdir(), 'inferometer-profile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'profile.json');
    writeFileSync(file, text);
    try {
      return readProfile(file, 0).runsNs;
    } catch (error) {
      return explainRuntimeMessage((error as Error).message).code;
    }
  }
  const whole = `${JSON.stringify([run(0, 10)])}\n`;

  it('is read with the line break at its end', () => {
    expect(read(whole)).toEqual([10_000]);
  });

  it.each([0, 1, 20, whole.length - 2])('that was full after %d bytes is told as a full disk', (bytes) => {
    expect(read(whole.slice(0, bytes))).toBe('STORAGE_FULL');
  });

  it('is told apart from one with a text that is no JSON', () => {
    expect(read('[{"name": "\\x"}]')).toBe('ENGINE_FAILED');
  });
});
