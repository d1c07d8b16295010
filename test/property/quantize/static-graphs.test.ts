import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { runFloats } from '../../support/quantize-file.ts';
import { count, network, toLayers, wave, type Layer, type Node, type Weight } from '../../support/random-network.ts';
import { quantizeStatic, type Feeds } from '../../support/quantize-static.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-static-graphs-'));
});
afterAll(() => rm(directory, { recursive: true }));

function typed(name: string) {
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType: 1 } } } };
}

/** Scales and zero points of tensors and weights of a quantized file. */
async function readParameters(file: string) {
  const loaded = await readModel(file, { keepBytes: Infinity });
  const { graph } = loaded;
  const values = (name: string): number[] => {
    const tensor = graph.initializer.find((one) => one.name === name);
    return tensor === undefined ? [] : [...readTensor(loaded, tensor).values].map(Number);
  };
  return (tensor: string): { scales: number[]; zeroPoint: number } => {
    // A tensor that shares has the parameters that its node names.
    const node = graph.node.find(
      ({ opType, output }) => opType === 'DequantizeLinear' && output.some((name) => isOf(name, tensor)),
    );
    return { scales: values(node?.input[1] ?? ''), zeroPoint: values(node?.input[2] ?? '')[0] ?? 0 };
  };
}

function isOf(output: string, tensor: string): boolean {
  return output === tensor || output === `${tensor}_DequantizeLinear_Output`;
}

/** What a layer computes in float32 from given inputs, with other weights where the error of weights is asked for. */
async function evaluate(
  layer: Layer,
  nodes: Node[],
  weights: Weight[],
  feeds: Feeds,
  output: string,
): Promise<Float32Array> {
  const file = await writeGraph(path.join(directory, 'layer.onnx'), {
    name: 'layer',
    input: layer.inputs.map((name) => tensorInfo(name, [...(feeds[name]?.dims ?? [])])),
    initializer: weights,
    node: nodes,
    output: [typed(output)],
  });
  const outputs = await runFloats(file, feeds, { graphOptimizationLevel: 'disabled' });
  return outputs[output] ?? new Float32Array();
}

/** Largest error that rounded weights and biases make: the product of magnitudes with half of each scale. */
async function weightError(
  layer: Layer,
  feeds: Feeds,
  parametersOf: (tensor: string) => { scales: number[] },
): Promise<Float32Array | null> {
  if (layer.product === null) return null;
  const { node, weight, bias, axis } = layer.product;
  const { scales } = parametersOf(weight.name);
  const dims = weight.dims.map(Number);
  const inner = count(dims.slice(axis + 1));
  const halves = Array.from({ length: count(dims) }, (_, index) => {
    const channel = Math.floor(index / inner) % (dims[axis] ?? 1);
    return (scales[scales.length === 1 ? 0 : channel] ?? 0) / 2;
  });
  const biasScales = bias === null ? [] : parametersOf(bias.name).scales;
  const weights = [
    floats(weight.name, dims, halves),
    ...(bias === null
      ? []
      : [
          floats(
            bias.name,
            [Number(bias.dims[0])],
            wave(Number(bias.dims[0]), 0, 0).map(
              (_, index) => (biasScales[biasScales.length === 1 ? 0 : index] ?? 0) / 2,
            ),
          ),
        ]),
  ];
  const magnitudes = Object.fromEntries(
    layer.inputs.map((name) => {
      const feed = feeds[name] ?? { dims: [], data: new Float32Array() };
      return [name, { dims: feed.dims, data: feed.data.map(Math.abs) }];
    }),
  );
  return evaluate(layer, [node], weights, magnitudes, node.output?.[0] ?? '');
}

test('INT8 static of any network loads, runs, stays within the error that its scales imply, and is the same each time', async () => {
  await fc.assert(
    fc.asyncProperty(network, async (drawn) => {
      const { input, layers } = toLayers(drawn);
      const source = await writeGraph(path.join(directory, 'network.onnx'), {
        name: 'network',
        input: [tensorInfo(input.name, input.dims)],
        initializer: layers.flatMap(({ weights }) => weights),
        node: layers.flatMap(({ nodes }) => nodes),
        output: layers.map(({ output }) => typed(output)),
      });
      const feeds = { x: { dims: input.dims, data: Float32Array.from(wave(count(input.dims), drawn.seed, 3)) } };
      const parameters = { scheme: drawn.scheme, perChannel: drawn.perChannel };
      const quantized = await quantizeStatic(source, feeds, parameters);
      expect((await quantizeStatic(source, feeds, parameters)).sha256).toBe(quantized.sha256);
      const parametersOf = await readParameters(quantized.path);
      const outputs = await runFloats(quantized.path, feeds);
      const exactOutputs = await runFloats(source, feeds, { graphOptimizationLevel: 'disabled' });
      const dimsOf = await shapesOf(source, layers, feeds);
      // What the quantized model feeds to its first layers is its rounded input.
      const found: Record<string, Float32Array> = {
        ...outputs,
        x: rounded(feeds.x.data, parametersOf('x'), drawn.scheme),
      };
      for (const layer of layers) {
        const own = Object.fromEntries(
          layer.inputs.map((name) => [name, { dims: dimsOf.get(name) ?? [], data: found[name] ?? new Float32Array() }]),
        );
        const exact = await evaluate(layer, layer.nodes, layer.weights, own, layer.output);
        const extra = await weightError(layer, own, parametersOf);
        const values = found[layer.output] ?? new Float32Array();
        expect(values).toHaveLength(exactOutputs[layer.output]?.length ?? -1);
        expectWithinBound(values, exact, extra, { ...parametersOf(layer.output), scheme: drawn.scheme }, layer.output);
      }
    }),
    { numRuns: 60 },
  );
});

const bounds = { u8s8: [0, 255], s8s8: [-128, 127] } as const;

function rounded(
  values: Float32Array,
  { scales: [scale = 0], zeroPoint }: { scales: number[]; zeroPoint: number },
  scheme: 'u8s8' | 's8s8',
) {
  // Not quantized: no layer has a rule for what its first input is.
  if (scale === 0) return values;
  const [low, high] = bounds[scheme];
  return values.map(
    (value) => (Math.min(high, Math.max(low, Math.round(value / scale) + zeroPoint)) - zeroPoint) * scale,
  );
}

/** One step of the output, what rounded weights add, and float32 rounding; values beyond the range saturate. */
function expectWithinBound(
  values: Float32Array,
  exact: Float32Array,
  extra: Float32Array | null,
  { scales: [scale = 0], zeroPoint, scheme }: { scales: number[]; zeroPoint: number; scheme: 'u8s8' | 's8s8' },
  name: string,
): void {
  const [low, high] = bounds[scheme];
  values.forEach((value, index) => {
    const wanted = exact[index] ?? NaN;
    const saturated =
      scale === 0 ? wanted : Math.min((high - zeroPoint) * scale, Math.max((low - zeroPoint) * scale, wanted));
    const allowed = scale * 1.001 + (extra?.[index] ?? 0) * 1.001 + 1e-5 * Math.abs(wanted) + 1e-6;
    expect(Math.abs(value - saturated), `${name}[${index}] is ${value}, exactly ${wanted}`).toBeLessThanOrEqual(
      allowed,
    );
  });
}

async function shapesOf(source: string, layers: readonly Layer[], feeds: Feeds): Promise<Map<string, number[]>> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(source, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  const inputs = Object.entries(feeds).map(([name, { dims, data }]) => [name, new Tensor('float32', data, dims)]);
  const outputs = await session.run(Object.fromEntries(inputs) as Record<string, InstanceType<typeof Tensor>>);
  await session.release();
  const shapes = new Map(Object.entries(feeds).map(([name, { dims }]) => [name, [...dims]]));
  for (const { output } of layers) shapes.set(output, [...(outputs[output]?.dims ?? [])]);
  return shapes;
}
