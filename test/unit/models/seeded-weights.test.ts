import { expect, test } from 'vitest';
import { createRandomNormals, seededWeights } from '../../../src/core/models/building/seeded-weights.ts';

function collect(chunks: Iterable<Uint8Array>): Float32Array {
  // Chunks share a buffer, so each is copied before the next one is asked for.
  const copies: Buffer[] = [];
  for (const chunk of chunks) copies.push(Buffer.from(chunk));
  const bytes = Buffer.concat(copies);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const power = (exponent: number) =>
    values.reduce((sum, value) => sum + (value - mean) ** exponent, 0) / values.length;
  return { mean, deviation: Math.sqrt(power(2)), kurtosis: power(4) / power(2) ** 2 };
}

const one = { scale: Float32Array.of(1), run: 1 };

test('weights have mean 0 and deviation 1, the shape of a bell, and no tails', () => {
  const values = collect(seededWeights(1, 'layer', 400_000, one));
  const { mean, deviation, kurtosis } = moments(values);

  expect(mean).toBeCloseTo(0, 2);
  expect(deviation).toBeCloseTo(1, 2);
  // Between the 1.8 of a uniform and the 3 of a whole normal distribution; 2.37 for a cut at two deviations.
  expect(kurtosis).toBeCloseTo(2.37, 1);
  expect(values.every((value) => Math.abs(value) < 2.28)).toBe(true);
});

test('drawn normal values follow the standard normal distribution', () => {
  const draw = createRandomNormals(1, 'values');
  const { mean, deviation, kurtosis } = moments(Float32Array.from({ length: 200_000 }, draw));

  expect(mean).toBeCloseTo(0, 2);
  expect(deviation).toBeCloseTo(1, 2);
  expect(kurtosis).toBeCloseTo(3, 1);
});

test('neighbouring weights, which share a draw of 32 bits, are uncorrelated', () => {
  const values = collect(seededWeights(1, 'layer', 400_000, one));
  let product = 0;
  for (let index = 0; index < values.length; index += 2) product += values[index]! * values[index + 1]!;

  expect(Math.abs(product / (values.length / 2))).toBeLessThan(0.01);
});

test('the same seed and name give the same weights, another seed or name gives others', () => {
  const draw = (seed: number, name: string) => collect(seededWeights(seed, name, 1001, one));

  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
});

test('a weight of several chunks starts like a weight of one chunk', () => {
  const long = collect(seededWeights(1, 'layer', 600_001, one));

  expect(long).toHaveLength(600_001);
  expect(long.subarray(0, 501)).toEqual(collect(seededWeights(1, 'layer', 501, one)));
  expect(long.subarray(262_144, 262_244)).not.toEqual(long.subarray(0, 100));
});

test('each channel has its own scale, on the first axis and on the last', () => {
  const scale = Float32Array.of(1, 10, 100);
  const plain = collect(seededWeights(1, 'layer', 12, one));
  const factor = (value: number, index: number) => Math.round(value / plain[index]!);

  expect([...collect(seededWeights(1, 'layer', 12, { scale, run: 1 }))].map(factor)).toEqual([
    1, 10, 100, 1, 10, 100, 1, 10, 100, 1, 10, 100,
  ]);
  expect([...collect(seededWeights(1, 'layer', 12, { scale, run: 4 }))].map(factor)).toEqual([
    1, 1, 1, 1, 10, 10, 10, 10, 100, 100, 100, 100,
  ]);
});
