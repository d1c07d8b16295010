import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainComparison } from '../../../src/core/compare/causes/explain-comparison.ts';
import { examineSide, type ExaminedSide } from '../../../src/core/compare/kernels/examine-side.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { plainSession } from '../../../src/core/engine-client/session-config.ts';
import { engineEntryPath, resourcePath } from '../../../src/core/resources.ts';
import type { Kernels } from '../../../src/shared/domain/comparison.ts';
import { isaFlagSchema, type MachineReport } from '../../../src/shared/domain/machine.ts';
import { present } from '../../../src/shared/domain/provenance.ts';
import { writeGraph } from '../../fixtures/onnx/build.ts';
import { createQdqGraph, integers, type ActivationType } from '../../support/qdq-graph.ts';
import { quantizeFile } from '../../support/quantize-file.ts';
import { writePool } from '../../support/write-pool.ts';

const spawn = createNodeSpawner(engineEntryPath());
const channels = 16;
const image = [1, channels, 12, 12];
const rows = [4, 64];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kernels-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function examine(model: string, dims: readonly number[], input = 'x'): Promise<ExaminedSide> {
  const [batch = 1, ...rest] = dims;
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, (_, index) => 3 * Math.sin(index));
  const pool = await writePool(path.join(folder, 'inputs.bin'), { name: input, dims: rest, values }, batch);
  return examineSide({ spawn, session: plainSession(model, { threads: 1 }), pool, temporaryFolder: folder });
}

type Graph = ReturnType<typeof createQdqGraph>;

async function examineGraph(
  dims: readonly number[],
  build: (graph: Graph) => string,
  { activations = 'uint8', opset = 17 }: { activations?: ActivationType; opset?: number } = {},
): Promise<ExaminedSide> {
  const graph = createQdqGraph(activations);
  const output = build(graph);
  return examine(await writeGraph(path.join(folder, 'graph.onnx'), graph.build(dims, output, dims), { opset }), dims);
}

function conv(graph: Graph, name: string, from: string): string {
  const weight = graph.weight(`${name}_w`, [channels, channels, 3, 3]);
  return graph.pair(graph.add('Conv', name, [from, weight], [integers('pads', [1, 1, 1, 1])]));
}

function residual(graph: Graph): string {
  const first = conv(graph, 'c1', graph.pair('x'));
  const second = conv(graph, 'c2', first);
  return conv(graph, 'c3', graph.pair(graph.add('Add', 'add', [first, second])));
}

/** Number of nodes by operator. */
function counts({ operators }: Kernels): Record<string, number> {
  return Object.fromEntries(operators.map(({ operator, nodes }) => [operator, nodes]));
}

function shareOf({ operators }: Kernels, wanted: string): number {
  return operators.filter((one) => one.class === wanted).reduce((sum, { share }) => sum + share, 0);
}

describe('kernels of a static model', () => {
  it('are all fused with unsigned activations', async () => {
    const { kernels, facts, products, remark } = await examineGraph(image, residual);
    expect(counts(kernels!)).toMatchObject({ 'com.microsoft:QLinearConv': 3, 'com.microsoft:QLinearAdd': 1 });
    expect(kernels).toMatchObject({
      provider: 'CPUExecutionProvider',
      fusedNodes: 4,
      islands: [],
      weightConversions: [],
    });
    expect(kernels!.operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(facts).toMatchObject({ opset: 17, quantized: { uint8: 5, int8: 0 } });
    // Each product has 12 x 12 positions times 16 x 16 x 9 weights.
    expect(products).toEqual({ products: 3, small: 0, blockRows: null });
    expect(remark).toBeNull();
  });

  it('are float on x64 around a tensor that two nodes read, with signed activations, and fused elsewhere', async () => {
    const { kernels, facts } = await examineGraph(image, residual, { activations: 'int8' });
    const isX64 = process.arch === 'x64';
    expect(kernels!.fusedNodes).toBe(isX64 ? 1 : 4);
    expect(kernels!.islands.map(({ node, operator }) => `${node} ${operator}`)).toEqual(
      isX64 ? ['c1 Conv', 'c2 Conv', 'add Add'] : [],
    );
    expect(kernels!.weightConversions).toEqual(isX64 ? ['c1', 'c2'] : []);
    expect(facts.quantized).toEqual({ uint8: 0, int8: 5 });
  });

  it('leave an island for HardSwish, which goes by its own name', async () => {
    const { kernels } = await examineGraph(image, (graph) => {
      const first = conv(graph, 'c1', graph.pair('x'));
      return conv(graph, 'c2', graph.pair(graph.add('HardSwish', 'act', [first])));
    });
    expect(kernels!.fusedNodes).toBe(2);
    expect(kernels!.islands).toMatchObject([{ node: 'act', operator: 'HardSwish' }]);
    const float = shareOf(kernels!, 'float');
    expect(kernels!.islands[0]!.share).toBeCloseTo(float, 6);
    expect(float).toBeGreaterThan(0);
  });

  it('leave islands for LayerNormalization and Gelu', async () => {
    const { kernels } = await examineGraph(
      rows,
      (graph) => {
        const product = graph.pair(graph.add('MatMul', 'p1', [graph.pair('x'), graph.weight('w1', [64, 64])]));
        const norm = graph.add('LayerNormalization', 'norm', [
          product,
          graph.floats('s', [64]),
          graph.floats('b', [64]),
        ]);
        const gelu = graph.pair(graph.add('Gelu', 'gelu', [graph.pair(norm)]));
        return graph.pair(graph.add('MatMul', 'p2', [gelu, graph.weight('w2', [64, 64])]));
      },
      { opset: 20 },
    );
    expect(counts(kernels!)).toMatchObject({ QLinearMatMul: 2 });
    expect(kernels!.islands.map(({ node }) => node)).toEqual(['norm', 'gelu']);
  });

  it('convert the weight of a last product on every run where its result is not quantized', async () => {
    const { kernels } = await examineGraph(rows, (graph) => {
      const product = graph.add('MatMul', 'product', [graph.pair('x'), graph.weight('w', [64, 64])]);
      return graph.add('Add', 'plus', [product, graph.floats('b', [64])]);
    });
    expect(counts(kernels!)).toMatchObject({ Gemm: 1, DequantizeLinear: 2 });
    expect(kernels).toMatchObject({ fusedNodes: 0, islands: [], weightConversions: ['product'] });
  });
});

describe('kernels of a quantized reference model', () => {
  it('are dynamic products with their sizes, beside the convolutions that stayed float', async () => {
    const source = path.join(folder, 'digits.onnx');
    await copyFile(resourcePath('models', 'digits', 'digits-cnn.onnx'), source);
    const plain = await examine(source, [1, 1, 8, 8], 'image');
    expect(plain.kernels).toMatchObject({ fusedNodes: 0, islands: [], weightConversions: [] });
    expect(shareOf(plain.kernels!, 'float')).toBeGreaterThan(0.5);

    const dynamic = await examine((await quantizeFile(source, 'int8-dynamic')).path, [1, 1, 8, 8], 'image');
    expect(counts(dynamic.kernels!)).toMatchObject({ 'com.microsoft:DynamicQuantizeMatMul': 2 });
    // 256 x 64 and 64 x 10 weights at one row.
    expect(dynamic.products).toEqual({ products: 2, small: 2, blockRows: null });
    expect(shareOf(dynamic.kernels!, 'float')).toBeGreaterThan(0);

    const blocks = await examine((await quantizeFile(source, 'int4-weight')).path, [1, 1, 8, 8], 'image');
    expect(blocks.kernels!.fusedNodes).toBe(2);
    expect(shareOf(blocks.kernels!, 'weight-only')).toBeGreaterThan(0);
    expect(blocks.facts.blockProducts).toEqual({ int4: 2, int8: 0, floatActivations: 0 });
    expect(blocks.products).toMatchObject({ products: 2, blockRows: 1 });
  });

  it('are unknown with a remark where the session cannot be created, and nothing stays behind', async () => {
    const graph = createQdqGraph();
    const output = graph.add('Relu', 'r', ['missing']);
    const broken = await writeGraph(path.join(folder, 'broken.onnx'), graph.build([1], output, [1]));
    const { kernels, remark } = await examine(broken, [1]);
    expect(kernels).toBeNull();
    expect(remark).toContain('profiling failed');
    expect((await readdir(folder)).filter((name) => name.startsWith('profile-'))).toEqual([]);
  });
});

describe('causes of what really ran', () => {
  it('name the island, the weight and the small products, and none where all is fused', async () => {
    const fused = await examineGraph(image, residual);
    const island = await examineGraph(image, (graph) => {
      const first = conv(graph, 'c1', graph.pair('x'));
      return conv(graph, 'c2', graph.pair(graph.add('HardSwish', 'act', [first])));
    });
    const last = await examineGraph(rows, (graph) => {
      const product = graph.add('MatMul', 'product', [graph.pair('x'), graph.weight('w', [64, 64])]);
      return graph.add('Add', 'plus', [product, graph.floats('b', [64])]);
    });
    // Causes that follow from shares of time are not expected here: they depend on what else the machine does.
    const structural = ['SIGNED_ACTIVATIONS', 'FLOAT_ISLANDS', 'WEIGHT_CONVERSIONS', 'OLD_OPSET', 'SMALL_PRODUCTS'];
    const explainStructure = (side: ExaminedSide) => explain(side).filter((code) => structural.includes(code));
    expect(explainStructure(fused)).toEqual([]);
    expect(explainStructure(island)).toEqual(['FLOAT_ISLANDS']);
    expect(explainStructure(last)).toEqual(['WEIGHT_CONVERSIONS']);
    const product = (graph: Graph) =>
      graph.pair(graph.add('MatMul', 'product', [graph.pair('x'), graph.weight('w', [64, 64])]));
    expect(explainStructure(await examineGraph([1, 64], product))).toEqual(['SMALL_PRODUCTS']);
  });
});

/** Codes for an examined candidate that is slower than a float32 baseline, on a processor with VNNI. */
function explain({ facts, kernels, products }: ExaminedSide): string[] {
  const candidate = { provider: 'cpu' as const, threads: 1, weightPrecision: { int8: 1 }, facts, kernels, products };
  const isa = Object.fromEntries(isaFlagSchema.options.map((flag) => [flag, present(true)]));
  return explainComparison({
    verdict: 'SLOWER',
    baseline: { ...candidate, weightPrecision: { float32: 1 }, kernels: null, products: null },
    candidate,
    machine: { cpu: { isa: isa as MachineReport['cpu']['isa'] }, operatingSystem: { arch: process.arch } },
    saturates: false,
    otherLoad: 0,
    quality: null,
  }).map(({ code }) => code);
}
