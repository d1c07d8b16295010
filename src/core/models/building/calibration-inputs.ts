import { createDraw, fillSample } from '../inputs/fill-values.ts';
import type { GraphTensor, ReferenceInput } from './define-reference-model.ts';
import { createKeyedGenerator } from './seeded-weights.ts';

/**
 * Samples for the inputs of a model at these sizes, made like those that it is measured with, so that its statistics
 * fit them. They come from a stream of their own: no measurement repeats them. `dims` must have a "batch".
 */
export function sampleInputs(
  inputs: readonly ReferenceInput[],
  dims: Readonly<Record<string, number>>,
  seed: number,
): Record<string, GraphTensor> {
  const draw = createDraw(createKeyedGenerator(seed, 'calibration/inputs'));
  const { batch = 1, sequence = 1, past = 0 } = dims;
  const hasMask = inputs.some(({ content }) => content.kind === 'mask');
  const planned = inputs.map((input) => {
    const sizes = input.dims.map((size) => (typeof size === 'number' ? size : (dims[size] ?? 1)));
    return { input, sizes, values: new Float32Array(sizes.reduce((product, size) => product * size, 1)) };
  });
  for (let sample = 0; sample < batch; sample++) {
    const filled = hasMask ? 0.5 + 0.5 * draw.uniform() : 1;
    const context = { filled, pastLength: past, sequenceLength: sequence };
    for (const { input, sizes, values } of planned) {
      const size = values.length / batch;
      fillSample(values.subarray(sample * size, (sample + 1) * size), sizes.slice(1), input.content, context, draw);
    }
  }
  return Object.fromEntries(
    planned.map(({ input, sizes, values }): [string, GraphTensor] => [
      input.name,
      input.type === 'float32'
        ? { type: 'float32', dims: sizes, data: values }
        : { type: 'int64', dims: sizes, data: BigInt64Array.from(values, BigInt) },
    ]),
  );
}
