import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeGraph, floats, integer, tensorInfo } from '../../fixtures/onnx/build.ts';
import { quantizeFile, runFloats } from '../../support/quantize-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-random-graphs-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Without numbers so small that float32 products of them vanish. */
const value = fc.integer({ min: -4000, max: 4000 }).map((whole) => Math.fround(whole / 1000));
const layer = fc.record({
  columns: fc.integer({ min: 1, max: 40 }),
  form: fc.constantFrom('matmul', 'gemm', 'gemm-transposed'),
  hasBias: fc.boolean(),
  activation: fc.constantFrom(null, 'Relu', 'Tanh', 'Neg'),
  isNamed: fc.boolean(),
  scale: fc.constantFrom(0, 1e-6, 1, 300),
});
const network = fc.record({
  rows: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 40 }),
  layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
  values: fc.array(value, { minLength: 64, maxLength: 64 }),
});
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;
type Layer = Network['layers'][number];

/** A chain of layers; every tensor is an output too, so that the error of each layer can be seen by itself. */
function toGraph({ rows, width, layers, values }: Network) {
  let columns = width;
  let from = 'x';
  const initializer: ReturnType<typeof floats>[] = [];
  const node: object[] = [];
  const steps = layers.map((one: Layer, index) => {
    const isTransposed = one.form === 'gemm-transposed';
    const dims = isTransposed ? [one.columns, columns] : [columns, one.columns];
    const weights = take(values, columns * one.columns, index).map((each) => Math.fround(each * one.scale));
    initializer.push(floats(`w${index}`, dims, weights));
    const bias = take(values, one.columns, index + 3);
    if (one.hasBias) initializer.push(floats(`b${index}`, [one.columns], bias));
    const isGemm = one.form !== 'matmul';
    const output = one.hasBias && !isGemm ? `m${index}` : `h${index}`;
    node.push({
      opType: isGemm ? 'Gemm' : 'MatMul',
      name: one.isNamed ? `layer${index}` : '',
      input: [from, `w${index}`, ...(isGemm && one.hasBias ? [`b${index}`] : [])],
      output: [output],
      attribute: isTransposed ? [integer('transB', 1)] : [],
    });
    if (output.startsWith('m')) node.push({ opType: 'Add', input: [output, `b${index}`], output: [`h${index}`] });
    const step = {
      input: from,
      output: `h${index}`,
      weights,
      dims,
      isTransposed,
      columns: one.columns,
      rows: columns,
      bias: one.hasBias ? bias : null,
    };
    from = `h${index}`;
    if (one.activation !== null) {
      node.push({ opType: one.activation, input: [from], output: [`a${index}`] });
      from = `a${index}`;
    }
    columns = one.columns;
    return step;
  });
  const names = node.flatMap((each) => (each as { output: string[] }).output);
  const graph = {
    name: 'random',
    input: [tensorInfo('x', [rows, width])],
    initializer,
    node,
    output: names.map((name) => ({ name, type: { value: { case: 'tensorType' as const, value: { elemType: 1 } } } })),
  };
  const feeds = { x: { dims: [rows, width], data: Float32Array.from(take(values, rows * width, 7)) } };
  return { graph, feeds, steps, rows };
}

function take(values: readonly number[], count: number, from: number): number[] {
  return Array.from({ length: count }, (_, index) => values[(index * 7 + from * 13) % values.length] ?? 0);
}

type Step = ReturnType<typeof toGraph>['steps'][number];

/** weight[row][column] of a layer, whichever way it is stored. */
function weightAt({ weights, rows, columns, isTransposed }: Step, row: number, column: number): number {
  return weights[isTransposed ? column * rows + row : row * columns + column] ?? 0;
}

/** Steps of the scales, activations' and weights', for one result of a layer. */
type Bound = (step: Step, inputs: Float32Array, column: number) => number;

/** Rounding of float32 sums, relative to the sum of the magnitudes. */
const sumError = 1e-5;

/** |x w - x' w'| <= |x| dw + |w| dx + dx dw in each product: a half step each, and the rounding of the sums. */
const dynamicBound: Bound = (step, inputs, column) => {
  const low = Math.min(0, ...inputs);
  const high = Math.max(0, ...inputs);
  // A whole step where the zero point's rounding moves the range.
  const inputError = (high - low) / 255;
  let largest = 0;
  for (let row = 0; row < step.rows; row += 1) largest = Math.max(largest, Math.abs(weightAt(step, row, column)));
  const weightError = largest / 127 / 2;
  return step.rows * (Math.max(high, -low) * weightError + largest * inputError + inputError * weightError);
};

const fourBitBound: Bound = (step, inputs, column) => {
  let bound = 0;
  for (let start = 0; start < step.rows; start += 32) {
    let largest = 0;
    const end = Math.min(step.rows, start + 32);
    for (let row = start; row < end; row += 1) largest = Math.max(largest, Math.abs(weightAt(step, row, column)));
    // Half a step; a whole one at the side opposite to the largest value, where the type ends at 7.
    bound += ((end - start) * largest) / 8;
  }
  return bound * Math.max(...inputs.map(Math.abs));
};

/** Half a unit in the last of 11 bits of each operand, and the smallest float16. CPUs compute the rest in float32. */
const halfBound: Bound = (step, inputs, column) => {
  let bound = 0;
  const largest = Math.max(...inputs.map(Math.abs));
  for (let row = 0; row < step.rows; row += 1)
    bound += Math.abs(weightAt(step, row, column)) * largest * 2 ** -10 + 1e-7 * largest;
  return bound + 2 ** -10 * Math.abs(step.bias?.[column] ?? 0) + 1e-6;
};

/** Checks one layer: the outputs that the quantized model gives for the inputs that it had. */
function expectWithinBound(step: Step, found: Record<string, Float32Array>, rows: number, bound: Bound): void {
  const inputs = found[step.input] ?? new Float32Array();
  const results = found[step.output] ?? new Float32Array();
  expect(results).toHaveLength(rows * step.columns);
  for (let sample = 0; sample < rows; sample += 1) {
    const x = inputs.subarray(sample * step.rows, (sample + 1) * step.rows);
    for (let column = 0; column < step.columns; column += 1) {
      let exact = step.bias?.[column] ?? 0;
      let magnitude = Math.abs(exact);
      for (let row = 0; row < step.rows; row += 1) {
        const term = (x[row] ?? 0) * weightAt(step, row, column);
        exact += term;
        magnitude += Math.abs(term);
      }
      // The range of activations is that of the whole tensor.
      const allowed = bound(step, inputs, column) + magnitude * sumError;
      const difference = Math.abs((results[sample * step.columns + column] ?? Number.NaN) - exact);
      expect(difference, `${step.output} of ${allowed}`).toBeLessThanOrEqual(allowed * 1.001);
    }
  }
}

test.each([
  ['int8-dynamic', {}, dynamicBound],
  ['int4-weight', { accuracyLevel: 1 }, fourBitBound],
  ['fp16', {}, halfBound],
] as const)(
  '%s of any chain of layers loads, runs, stays within the error that its scales imply, and is the same each time',
  async (recipe, parameters, bound) => {
    await fc.assert(
      fc.asyncProperty(network, async (drawn) => {
        const { graph, feeds, steps, rows } = toGraph(drawn);
        const source = await writeGraph(path.join(directory, `${recipe}.onnx`), graph);
        const quantized = await quantizeFile(source, recipe, parameters);
        const outputs = await runFloats(quantized.path, feeds);
        const found = { ...outputs, x: feeds.x.data };
        for (const step of steps) expectWithinBound(step, found, rows, bound);
        expect((await quantizeFile(source, recipe, parameters)).sha256).toBe(quantized.sha256);
      }),
      { numRuns: 40 },
    );
  },
);
