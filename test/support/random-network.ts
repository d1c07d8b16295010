import type { MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import type { NodeProtoSchema } from '../../src/core/onnx/gen/onnx_pb.js';
import { floats, integer, integers } from '../fixtures/onnx/build.ts';

export type Node = MessageInitShape<typeof NodeProtoSchema>;
export type Weight = ReturnType<typeof floats>;

/** A layer of a network, with the nodes that compute one output of the model from others. */
export interface Layer {
  nodes: Node[];
  weights: Weight[];
  inputs: string[];
  output: string;
  /** The product whose weights and bias are rounded too; null where only the output is. */
  product: { node: Node; weight: Weight; bias: Weight | null; axis: number } | null;
}

interface Tensor {
  name: string;
  dims: number[];
}

const kinds = [
  'conv',
  'conv-relu',
  'conv-clip',
  'add',
  'add-relu',
  'pool',
  'average',
  'concat',
  'mul',
  'sigmoid',
] as const;
const size = 5;
/** What a random network is made of. */
export const network = fc.record({
  layers: fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      channels: fc.integer({ min: 1, max: 5 }),
      hasBias: fc.boolean(),
      from: fc.nat(9),
      scale: fc.constantFrom(0, 0.001, 1, 50),
      bounds: fc.constantFrom([0, 6], [-1, 1], [2, 6], [-6, -2], [0.5, 0.5]),
      seed: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  head: fc.constantFrom('gemm', 'gemm-transposed', 'matmul', 'none'),
  seed: fc.nat(1000),
  scheme: fc.constantFrom('u8s8', 's8s8'),
  perChannel: fc.boolean(),
});
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;

/** Values that differ, the same each time. */
export function wave(length: number, seed: number, reach: number): number[] {
  return Array.from({ length }, (_, index) => Math.fround(Math.sin(index * 12.9898 + seed * 78.233) * reach));
}

export function count(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

const same = integers('pads', [1, 1, 1, 1]);
const kernel = integers('kernel_shape', [3, 3]);

/** Layers, each fed by outputs of earlier ones; their outputs are outputs of the model, so each is seen by itself. */
export function toLayers({ layers, head, seed }: Network): { input: Tensor; layers: Layer[] } {
  const input = { name: 'x', dims: [1, 2, size, size] };
  const tensors: Tensor[] = [input];
  const made: Layer[] = layers.map(({ kind, channels, hasBias, from, scale, bounds, seed: own }, index) => {
    const source = tensors[from % tensors.length] ?? input;
    const partner = tensors.find((one) => one !== source && String(one.dims) === String(source.dims)) ?? source;
    const output = `t${index}`;
    const inner = `i${index}`;
    const depth = source.dims[1] ?? 1;
    const layer: Layer = { nodes: [], weights: [], inputs: [source.name], output, product: null };
    const add = (opType: string, names: string[], to: string, attribute: Node['attribute'] = []): Node => {
      const node = { opType, input: names, output: [to], attribute };
      layer.nodes.push(node);
      return node;
    };
    let dims = source.dims;
    if (kind.startsWith('conv')) {
      const weight = floats(`w${index}`, [channels, depth, 3, 3], wave(channels * depth * 9, own, scale));
      const bias = hasBias ? floats(`b${index}`, [channels], wave(channels, own + 1, scale)) : null;
      layer.weights.push(weight, ...(bias === null ? [] : [bias]));
      const to = kind === 'conv' ? output : inner;
      const node = add('Conv', [source.name, weight.name, ...(bias === null ? [] : [bias.name])], to, [same]);
      if (kind === 'conv-relu') add('Relu', [inner], output);
      if (kind === 'conv-clip') {
        layer.weights.push(floats(`low${index}`, [], bounds.slice(0, 1)), floats(`high${index}`, [], bounds.slice(1)));
        add('Clip', [inner, `low${index}`, `high${index}`], output);
      }
      layer.product = { node, weight, bias, axis: 0 };
      dims = [1, channels, size, size];
    } else if (kind === 'add' || kind === 'mul') {
      add(kind === 'add' ? 'Add' : 'Mul', [source.name, partner.name], output);
    } else if (kind === 'add-relu') {
      add('Add', [source.name, partner.name], inner);
      add('Relu', [inner], output);
    } else if (kind === 'pool') add('MaxPool', [source.name], output, [kernel, same]);
    else if (kind === 'average') add('AveragePool', [source.name], output, [kernel, same]);
    else if (kind === 'sigmoid') add('Sigmoid', [source.name], output);
    else {
      add('Concat', [source.name, partner.name], output, [integer('axis', 1)]);
      dims = [1, 2 * depth, size, size];
    }
    if (layer.nodes[0]?.input?.includes(partner.name) === true)
      layer.inputs = [...new Set([source.name, partner.name])];
    tensors.push({ name: output, dims });
    return layer;
  });
  if (head !== 'none') made.push(...toHead(head, tensors.at(-1) ?? input, seed));
  return { input, layers: made };
}

function toHead(form: 'gemm' | 'gemm-transposed' | 'matmul', source: Tensor, seed: number): Layer[] {
  const rows = count(source.dims);
  const isTransposed = form === 'gemm-transposed';
  const weight = floats('head.w', isTransposed ? [3, rows] : [rows, 3], wave(rows * 3, seed, 0.5));
  const bias = form === 'matmul' ? null : floats('head.b', [3], wave(3, seed + 1, 2));
  const node = {
    opType: form === 'matmul' ? 'MatMul' : 'Gemm',
    input: ['flat', 'head.w', ...(bias === null ? [] : ['head.b'])],
    output: ['head'],
    attribute: isTransposed ? [integer('transB', 1)] : [],
  };
  const flatten = { opType: 'Flatten', input: [source.name], output: ['flat'] };
  const product = { node, weight, bias, axis: isTransposed ? 0 : 1 };
  return [
    { nodes: [flatten], weights: [], inputs: [source.name], output: 'flat', product: null },
    { nodes: [node], weights: [weight, ...(bias === null ? [] : [bias])], inputs: ['flat'], output: 'head', product },
  ];
}
