import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TensorProto_DataType as DataType } from '../../../src/core/onnx/gen/onnx_pb.js';
import { quantizeChannels, quantizeValues } from '../../../src/core/quantize/numerics/quantize-values.ts';
import { toQuantizationParameters } from '../../../src/core/quantize/numerics/scale.ts';
import { floats, integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { runTensors } from '../../support/upgrade-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-vectors-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What ONNX Runtime makes of values with a scale, or one scale for each row. */
async function quantizeLinear(
  values: Float32Array,
  scales: readonly number[],
  { type, zeroPoint }: { type: 'uint8' | 'int8'; zeroPoint: number },
): Promise<number[]> {
  const isPerRow = scales.length > 1;
  const dims = isPerRow ? [scales.length, values.length / scales.length] : [values.length];
  const scaleDims = isPerRow ? [scales.length] : [];
  const source = await writeGraph(path.join(directory, 'quantize-linear.onnx'), {
    name: 'q',
    input: [tensorInfo('x', dims)],
    output: [{ name: 'y' }],
    initializer: [
      floats('scale', scaleDims, scales),
      {
        name: 'zero',
        dims: scaleDims.map(BigInt),
        dataType: type === 'uint8' ? DataType.UINT8 : DataType.INT8,
        rawData: new Uint8Array(scales.length).fill(zeroPoint),
      },
    ],
    node: [{ opType: 'QuantizeLinear', input: ['x', 'scale', 'zero'], output: ['y'], attribute: [integer('axis', 0)] }],
  });
  const { y } = await runTensors(source, { x: new Tensor('float32', values, dims) });
  return y?.values ?? [];
}

describe('ONNX Runtime itself', () => {
  const golden = Float32Array.of(-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 127.5, 128, 300, -300, Number.NaN);

  it.each([
    ['uint8', 3, [0, 1, 1, 3, 3, 5, 5, 131, 131, 255, 0, 0]],
    ['int8', 0, [-4, -2, -2, 0, 0, 2, 2, 127, 127, 127, -128, -128]],
  ] as const)('quantizes to %s around %d as the golden vector says', async (type, zeroPoint, expected) => {
    expect(await quantizeLinear(golden, [1], { type, zeroPoint })).toEqual(expected);
  });

  it('finds the range of activations as the golden vector says, and as the scales here are computed', async () => {
    const source = await writeGraph(path.join(directory, 'dynamic.onnx'), {
      name: 'd',
      input: [tensorInfo('x', [4])],
      output: [{ name: 'q' }, { name: 's' }, { name: 'z' }],
      node: [{ opType: 'DynamicQuantizeLinear', input: ['x'], output: ['q', 's', 'z'] }],
    });
    const values = Float32Array.of(-1.5, 0, 0.5, 3.25);
    const { q, s, z } = await runTensors(source, { x: new Tensor('float32', values, [4]) });
    expect([q?.values, s?.values, z?.values]).toEqual([[0, 81, 108, 255], [0.018627451732754707], [81]]);
    const parameters = toQuantizationParameters(-1.5, 3.25, 'uint8');
    expect(parameters).toEqual({ type: 'uint8', scale: 0.018627451732754707, zeroPoint: 81 });
    expect([...quantizeValues(values, parameters)]).toEqual([0, 81, 108, 255]);
  });

  it('quantizes any values with any scale to the same integers as here', async () => {
    const value = fc.float({ noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) });
    const scale = fc.float({ min: Math.fround(1e-6), max: 100, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 24, maxLength: 24 }),
        fc.tuple(scale, scale, scale),
        fc.integer({ min: 0, max: 255 }),
        async (drawn, scales, zeroPoint) => {
          const values = Float32Array.from(drawn);
          const parameters = { type: 'uint8' as const, scale: scales[0], zeroPoint };
          const whole = await quantizeLinear(values, [scales[0]], { type: 'uint8', zeroPoint });
          expect([...quantizeValues(values, parameters)]).toEqual(whole);
          const rows = scales.map((one) => ({ type: 'int8' as const, scale: one, zeroPoint: 0 }));
          const byRow = await quantizeLinear(values, scales, { type: 'int8', zeroPoint: 0 });
          expect([...quantizeChannels(values, { channels: 3, inner: 8 }, rows)].map((one) => one + 0)).toEqual(byRow);
        },
      ),
      { numRuns: 60 },
    );
  });
});
