import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  TensorProto_DataType as DataType,
  type NodeProtoSchema,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { floats, integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { quantizeFile, runFloats } from '../../support/quantize-file.ts';

type NodeParts = MessageInitShape<typeof NodeProtoSchema>;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-branching-graphs-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Small enough that no tensor of a few steps leaves float16. */
const value = fc.integer({ min: -500, max: 500 }).map((whole) => Math.fround(whole / 1000));
const step = fc.record({
  kind: fc.constantFrom('product', 'gemm', 'branch', 'sum', 'weight-as-data', 'relu'),
  /** Earlier tensors that it reads, counted from the start. */
  first: fc.nat(20),
  second: fc.nat(20),
  weight: fc.nat(1),
  /** How the weight reaches it. */
  path: fc.constantFrom('plain', 'identity', 'transpose'),
  isTaken: fc.boolean(),
  isNested: fc.boolean(),
  isNamed: fc.boolean(),
});
const network = fc.record({
  size: fc.constantFrom(1, 2, 5, 17, 33),
  steps: fc.array(step, { minLength: 1, maxLength: 7 }),
  values: fc.array(value, { minLength: 80, maxLength: 80 }),
  isConstantNode: fc.boolean(),
});
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;

/** What a step computes from tensors of the graph, each a square matrix. */
interface Expected {
  output: string;
  /** The matrix that is multiplied and its weight, [row][column]; null for steps that only add. */
  product: { input: string; weight: number[][]; isQuantized: boolean } | null;
  /** Tensors and constants that are added. */
  added: (string | number[][])[];
  isRelu: boolean;
}

/** Two weights that any number of nodes share, in the graph around and in bodies. Every tensor is an output. */
function toGraph({ size, steps, values, isConstantNode }: Network) {
  const dims = [size, size];
  const at = (index: number, from: number): number => values[(index * 7 + from * 13) % values.length] ?? 0;
  const matrix = (from: number): number[][] =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_each, column) => at(row * size + column, from)),
    );
  const weights = [matrix(1), matrix(2)];
  const bias = matrix(3)[0] ?? [];
  const tensors = ['x'];
  const expected: Expected[] = [];
  const [w0, w1] = weights.map((one, index) => floats(`w${index}`, dims, one.flat()));
  const node: NodeParts[] = isConstantNode
    ? [
        {
          opType: 'Constant',
          output: ['w1'],
          attribute: [{ name: 'value', type: AttributeType.TENSOR, t: { ...w1!, name: '' } }],
        },
      ]
    : [];
  steps.forEach((one, index) => {
    const output = `h${index}`;
    const name = one.isNamed ? `step${index}` : '';
    const input = tensors[one.first % tensors.length] ?? 'x';
    const other = tensors[one.second % tensors.length] ?? 'x';
    const weight = weights[one.weight] ?? [];
    const reached = one.path === 'plain' ? `w${one.weight}` : `r${index}`;
    const isTurned = one.path === 'transpose';
    const reach = (): void => {
      if (one.path !== 'plain') {
        node.push({ opType: isTurned ? 'Transpose' : 'Identity', input: [`w${one.weight}`], output: [reached] });
      }
    };
    const straight = isTurned ? transpose(weight) : weight;
    if (one.kind === 'product') {
      reach();
      node.push({ opType: 'MatMul', name, input: [input, reached], output: [output] });
      expected.push({ output, product: { input, weight: straight, isQuantized: true }, added: [], isRelu: false });
    } else if (one.kind === 'gemm') {
      reach();
      node.push({
        opType: 'Gemm',
        name,
        input: [input, reached, 'b'],
        output: [output],
        attribute: [integer('transB', 1)],
      });
      const product = { input, weight: transpose(straight), isQuantized: true };
      expected.push({ output, product, added: [Array.from({ length: size }, () => bias)], isRelu: false });
    } else if (one.kind === 'branch') {
      const attribute = branches(index, { input, weight: `w${one.weight}`, other, isNested: one.isNested });
      node.push({ opType: 'If', name, input: [one.isTaken ? 'yes' : 'no'], output: [output], attribute });
      const product = one.isTaken ? { input, weight, isQuantized: false } : null;
      expected.push({ output, product, added: one.isTaken ? [other] : [input, other], isRelu: false });
    } else if (one.kind === 'relu') {
      node.push({ opType: 'Relu', name, input: [input], output: [output] });
      expected.push({ output, product: null, added: [input], isRelu: true });
    } else {
      const isData = one.kind === 'weight-as-data';
      node.push({ opType: 'Add', name, input: [input, isData ? `w${one.weight}` : other], output: [output] });
      expected.push({ output, product: null, added: [input, isData ? weight : other], isRelu: false });
    }
    tensors.push(output);
  });
  const flag = (name: string, is: number) => ({ name, dims: [], dataType: DataType.BOOL, rawData: Uint8Array.of(is) });
  const graph = {
    name: 'branching',
    input: [tensorInfo('x', dims)],
    output: expected.map(({ output }) => tensorInfo(output, dims)),
    initializer: [w0!, ...(isConstantNode ? [] : [w1!]), floats('b', [size], bias), flag('yes', 1), flag('no', 0)],
    node,
  };
  return { graph, expected, feeds: { x: { dims, data: Float32Array.from(matrix(5).flat()) } }, size };
}

/** Then: input x weight + other. Else: input + other. The product may be one body further in. */
function branches(index: number, names: { input: string; weight: string; other: string; isNested: boolean }) {
  const body = (name: string, g: MessageInitShape<typeof GraphProtoSchema>) => ({
    name: `${name}_branch`,
    type: AttributeType.GRAPH,
    g: create(GraphProtoSchema, { name: `${name}${index}`, ...g }),
  });
  const product = (output: string): NodeParts => ({
    opType: 'MatMul',
    input: [names.input, names.weight],
    output: [output],
  });
  const inner = (name: string, output: string) => body(name, { node: [product(output)], output: [{ name: output }] });
  const nested: NodeParts = {
    opType: 'If',
    input: ['yes'],
    output: [`p${index}`],
    attribute: [inner('then', `i${index}`), inner('else', `j${index}`)],
  };
  const then = names.isNested ? nested : product(`p${index}`);
  const sum = (input: string, output: string): NodeParts => ({
    opType: 'Add',
    input: [input, names.other],
    output: [output],
  });
  return [
    body('then', { node: [then, sum(`p${index}`, `t${index}`)], output: [{ name: `t${index}` }] }),
    body('else', { node: [sum(names.input, `e${index}`)], output: [{ name: `e${index}` }] }),
  ];
}

function transpose(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((_, row) => matrix.map((line) => line[row] ?? 0));
}

/** Largest magnitudes of what is multiplied: of the whole input, and of the weights of one result. */
interface Magnitudes {
  rows: number;
  input: number;
  /** Between the lowest and the highest value, zero included. */
  inputSpan: number;
  weight: number;
}

/** |x w - x' w'| <= |x| dw + |w| dx + dx dw in each of the products. */
function productBound({ rows, input, weight }: Magnitudes, inputError: number, weightError: number): number {
  return rows * (input * weightError + weight * inputError + inputError * weightError);
}

// A whole step of the input where the zero point's rounding moves its range, half a one of the weight.
const dynamicBound = (of: Magnitudes): number => productBound(of, of.inputSpan / 255, of.weight / 127 / 2);
// A whole step of the weight at the side where the type ends one earlier.
const eightBitBound = (of: Magnitudes): number => productBound(of, 0, of.weight / 128);
const eightBitBothBound = (of: Magnitudes): number => productBound(of, of.input / 127, of.weight / 128);
const fourBitBound = (of: Magnitudes): number => productBound(of, 0, of.weight / 8);
const halfBound = (of: Magnitudes): number => productBound(of, of.input * 2 ** -11, of.weight * 2 ** -11 + 2 ** -25);

/** Rounding of float32 sums, or of results in float16, relative to the sum of the magnitudes. */
const roundings = { float32: 1e-5, float16: 2 ** -10 };

function expectStep(
  { output, product, added, isRelu }: Expected,
  found: Record<string, Float32Array>,
  { size, bound, rounding }: { size: number; bound: (of: Magnitudes) => number; rounding: number },
): void {
  const input = product === null ? new Float32Array() : found[product.input]!;
  const span = Math.max(0, ...input) - Math.min(0, ...input);
  const largest = Math.max(0, ...input.map(Math.abs));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const terms = added.map((one) =>
        typeof one === 'string' ? found[one]![row * size + column]! : one[row]![column]!,
      );
      const columnWeights = product?.weight.map((line) => line[column] ?? 0) ?? [];
      terms.push(...columnWeights.map((weight, index) => weight * input[row * size + index]!));
      const sum = terms.reduce((total, term) => total + term, 0);
      const magnitude = terms.reduce((total, term) => total + Math.abs(term), 0);
      const weight = Math.max(0, ...columnWeights.map(Math.abs));
      const steps = product?.isQuantized === false && rounding === roundings.float32 ? 0 : 1;
      const of = { rows: size, input: largest, inputSpan: span, weight };
      const allowed = (product === null ? 0 : steps * bound(of)) + magnitude * rounding + 1e-6;
      const exact = isRelu ? Math.max(0, sum) : sum;
      const difference = Math.abs(found[output]![row * size + column]! - exact);
      expect(difference, `${output} of ${allowed}`).toBeLessThanOrEqual(allowed * 1.001);
    }
  }
}

test.each([
  ['int8-dynamic', {}, dynamicBound, roundings.float32],
  ['int8-weight', { accuracyLevel: 1 }, eightBitBound, roundings.float32],
  ['int8-weight', { accuracyLevel: 4 }, eightBitBothBound, roundings.float32],
  ['int4-weight', { accuracyLevel: 1, symmetric: false }, fourBitBound, roundings.float32],
  ['fp16', {}, halfBound, roundings.float16],
] as const)(
  '%s %j of any graph with shared weights, branches and unnamed nodes stays within the error that its scales imply',
  async (recipe, parameters, bound, rounding) => {
    await fc.assert(
      fc.asyncProperty(network, async (drawn) => {
        const { graph, feeds, expected, size } = toGraph(drawn);
        const source = await writeGraph(path.join(directory, `${recipe}.onnx`), graph);
        const before = await readFile(source);
        const quantized = await quantizeFile(source, recipe, parameters);
        // Fusions of the processor would show the error of the runtime; the kernels of the recipes stay.
        const outputs = await runFloats(quantized.path, feeds, { graphOptimizationLevel: 'basic' });
        const found = { ...outputs, x: feeds.x.data };
        for (const one of expected) expectStep(one, found, { size, bound, rounding });
        const products = quantized.nodes.filter(({ outcome }) => outcome.kind === 'changed').length;
        if (recipe !== 'fp16') expect(products).toBe(expected.filter(({ product }) => product?.isQuantized).length);
        expect((await quantizeFile(source, recipe, parameters)).sha256).toBe(quantized.sha256);
        expect(await readFile(source)).toEqual(before);
      }),
      { numRuns: 25 },
    );
  },
);
