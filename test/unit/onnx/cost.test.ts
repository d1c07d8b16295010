import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { costModel } from '../../../src/core/onnx/cost.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import type { NodeCost } from '../../../src/shared/domain/model.ts';
import { floats, integer, tensorInfo, text, writeGraph } from '../../fixtures/onnx/build.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-cost-'));
});
afterAll(() => rm(directory, { recursive: true }));

type Graph = Parameters<typeof writeGraph>[1];

async function costOf(graph: Graph, shapes: Record<string, number[]>) {
  const loaded = await readModel(await writeGraph(path.join(directory, 'm.onnx'), graph));
  return costModel(loaded, {}, new Map(Object.entries(shapes)));
}

async function nodeCost(node: object, shapes: Record<string, number[]>, initializer: object[] = []): Promise<NodeCost> {
  const { nodes } = await costOf({ node: [node], initializer }, shapes);
  if (!nodes[0]) throw new Error('no node');
  return nodes[0];
}

describe('multiply-accumulates', () => {
  test('a convolution takes one pass of its kernel and input channels for each output element', async () => {
    const node = { opType: 'Conv', input: ['x', 'w', 'b'], output: ['y'] };
    const weights = [floats('w', [64, 3, 7, 7]), floats('b', [64])];
    const cost = await nodeCost(node, { x: [1, 3, 224, 224], y: [1, 64, 112, 112] }, weights);
    // First layer of ResNet-50: 118,013,952 in published tables.
    expect(cost.macs).toBe(118_013_952);
    expect(cost.flops).toBe(2 * 118_013_952 + 64 * 112 * 112);
    expect(cost.parameters).toBe(64 * 3 * 49 + 64);
  });

  test('groups divide the work', async () => {
    const node = { opType: 'Conv', input: ['x', 'w'], output: ['y'], attribute: [integer('group', 32)] };
    const cost = await nodeCost(node, { x: [1, 32, 8, 8], y: [1, 32, 8, 8] }, [floats('w', [32, 1, 3, 3])]);
    expect(cost.macs).toBe(32 * 64 * 9);
  });

  test('a quantized convolution costs what its float form costs', async () => {
    const node = { opType: 'QLinearConv', input: ['x', 's', 'z', 'w', 's', 'z', 's', 'z'], output: ['y'] };
    const cost = await nodeCost(node, { x: [1, 3, 8, 8], w: [4, 3, 3, 3], y: [1, 4, 6, 6] });
    expect(cost.macs).toBe(4 * 36 * 27);
  });

  test('a transposed convolution spreads every input element', async () => {
    const node = { opType: 'ConvTranspose', input: ['x', 'w'], output: ['y'] };
    const cost = await nodeCost(node, { x: [1, 4, 8, 8], w: [4, 6, 2, 2], y: [1, 6, 16, 16] });
    expect(cost.macs).toBe(4 * 64 * 6 * 4);
  });

  test.each([
    ['MatMul', [], [2, 5, 8], [2, 5, 3], 2 * 5 * 3 * 8],
    ['MatMulInteger', [], [5, 8], [5, 3], 5 * 3 * 8],
    ['Gemm', [], [5, 8], [5, 3], 5 * 3 * 8],
    ['Gemm', [integer('transA', 1)], [8, 5], [5, 3], 5 * 3 * 8],
  ])('%s multiplies rows by columns', async (opType, attribute, x, y, macs) => {
    const cost = await nodeCost({ opType, input: ['x', 'w'], output: ['y'], attribute }, { x, w: [8, 3], y });
    expect(cost.macs).toBe(macs);
  });

  test('4-bit weights cost the same multiplications', async () => {
    const node = { opType: 'MatMulNBits', domain: 'com.microsoft', input: ['x', 'q', 's'], output: ['y'] };
    expect((await nodeCost(node, { x: [1, 7, 32], y: [1, 7, 8] })).macs).toBe(7 * 8 * 32);
  });

  test('self-attention scores every key for every query and sums the values', async () => {
    const node = {
      opType: 'Attention',
      input: ['q', 'k', 'v'],
      output: ['y'],
      attribute: [integer('q_num_heads', 12)],
    };
    const qkv = { q: [2, 128, 768], k: [2, 128, 768], v: [2, 128, 768], y: [2, 128, 768] };
    expect((await nodeCost(node, qkv)).macs).toBe(2 * 2 * 128 * 128 * 768);
  });

  test('grouped-query attention of one step works on the whole cache', async () => {
    const attribute = [integer('num_heads', 8), integer('kv_num_heads', 2)];
    const node = {
      opType: 'GroupQueryAttention',
      domain: 'com.microsoft',
      input: ['q'],
      output: ['y', 'pk'],
      attribute,
    };
    expect((await nodeCost(node, { q: [1, 1, 512], y: [1, 1, 512], pk: [1, 2, 100, 64] })).macs).toBe(2 * 100 * 512);
  });

  test('a recurrent layer multiplies input and state for every gate and step', async () => {
    const node = { opType: 'LSTM', input: ['x', 'w', 'r'], output: ['y'] };
    const shapes = { x: [10, 2, 8], w: [1, 24, 8], r: [1, 24, 6], y: [10, 1, 2, 6] };
    expect((await nodeCost(node, shapes)).macs).toBe(10 * 2 * 4 * 6 * (8 + 6));
  });

  test('an Einsum of two operands multiplies all labels', async () => {
    const node = {
      opType: 'Einsum',
      input: ['a', 'b'],
      output: ['y'],
      attribute: [text('equation', 'bij, bjk -> bik')],
    };
    expect((await nodeCost(node, { a: [2, 3, 4], b: [2, 4, 5], y: [2, 3, 5] })).macs).toBe(2 * 3 * 4 * 5);
  });
});

describe('the cost of a model', () => {
  test('adds up its nodes and lists what it could not count', async () => {
    const cost = await costOf(
      {
        node: [
          { opType: 'MatMul', input: ['x', 'w'], output: ['a'] },
          { opType: 'Relu', input: ['a'], output: ['b'] },
          { opType: 'Det', input: ['b'], output: ['c'] },
        ],
        input: [tensorInfo('x', [4, 8])],
        initializer: [floats('w', [8, 4])],
      },
      { x: [4, 8], a: [4, 4], b: [4, 4], c: [] },
    );
    expect(cost).toMatchObject({ macs: 128, flops: 256 + 16, uncounted: { Det: 1 } });
    // MatMul reads 32 and writes 16 floats, Relu 16 and 16, Det 16 and 1.
    expect(cost.activationBytes).toBe(4 * (48 + 32 + 17));
    expect(cost.nodes.map((node) => node.weightBytes)).toEqual([128, 0, 0]);
  });

  test('a weight that two nodes share is counted once', async () => {
    const use = (output: string) => ({ opType: 'MatMul', input: ['x', 'w'], output: [output] });
    const cost = await costOf({ node: [use('a'), use('b')], initializer: [floats('w', [8, 4])] }, { x: [4, 8] });
    expect(cost.nodes.map((node) => node.parameters)).toEqual([32, 0]);
  });

  test('work in branches is listed and not counted', async () => {
    const branch = { node: [{ opType: 'MatMul', input: ['x', 'x'], output: ['t'] }], output: [tensorInfo('t', [2])] };
    const node = { opType: 'If', input: ['c'], output: ['y'], attribute: [{ name: 'then_branch', g: branch }] };
    expect((await costOf({ node: [node] }, { x: [2, 2], y: [2, 2] })).uncounted).toEqual({ If: 1, MatMul: 1 });
  });

  test('bytes follow the element type', async () => {
    const cost = await costOf(
      {
        node: [
          { opType: 'Cast', input: ['x'], output: ['h'], attribute: [integer('to', 10)] },
          { opType: 'Relu', input: ['h'], output: ['y'] },
        ],
        input: [tensorInfo('x', [100])],
      },
      { x: [100], h: [100], y: [100] },
    );
    expect(cost.nodes.map((node) => node.activationBytes)).toEqual([400 + 200, 200 + 200]);
  });
});
