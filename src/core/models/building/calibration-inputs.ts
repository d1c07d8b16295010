import type { GraphTensor } from './define-reference-model.ts';
import { createRandomIntegers, createRandomNormals } from './seeded-weights.ts';

/** Waves per image side are at most this many: photographs have most of their energy in low frequencies. */
const HIGHEST_FREQUENCY = 6;
const WAVES = 12;

/**
 * Standardised images [count, channels, size, size]: a sum of low-frequency waves that the channels share in part,
 * with a little noise. White noise would average out in every convolution and leave nothing that depends on the image.
 */
export function structuredImages(seed: number, count: number, channels: number, size: number): GraphTensor {
  const normal = createRandomNormals(seed, 'calibration/images');
  const plane = size * size;
  const data = new Float32Array(count * channels * plane);
  for (let image = 0; image < count; image++) {
    const waves = Array.from({ length: WAVES }, () => wave(normal, size, channels));
    for (let channel = 0; channel < channels; channel++) {
      const start = (image * channels + channel) * plane;
      const offset = 0.5 * normal();
      for (let pixel = 0; pixel < plane; pixel++) {
        const row = Math.floor(pixel / size);
        const column = pixel % size;
        let value = offset + 0.1 * normal();
        for (const { rows, columns, amplitudes } of waves) {
          value += at(amplitudes, channel) * at(rows, row) * at(columns, column);
        }
        data[start + pixel] = value;
      }
    }
  }
  standardise(data);
  return { type: 'float32', dims: [count, channels, size, size], data };
}

function wave(normal: () => number, size: number, channels: number) {
  const line = () => {
    const frequency = Math.min(Math.abs(normal()) * 2, HIGHEST_FREQUENCY);
    const phase = normal() * Math.PI;
    return Float32Array.from({ length: size }, (_, index) =>
      Math.cos((2 * Math.PI * frequency * index) / size + phase),
    );
  };
  const shared = normal();
  return {
    rows: line(),
    columns: line(),
    amplitudes: Float32Array.from({ length: channels }, () => shared + 0.5 * normal()),
  };
}

function standardise(data: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  const deviation = Math.sqrt(squares / data.length - mean * mean);
  for (let index = 0; index < data.length; index++) data[index] = (at(data, index) - mean) / deviation;
}

/**
 * Token ids [count, length]. Half of the sequences draw from a small vocabulary of their own, as a text about one
 * subject does; the other half draw from the whole vocabulary.
 */
export function structuredTokens(seed: number, count: number, length: number, vocabulary: number): GraphTensor {
  const next = createRandomIntegers(seed, 'calibration/tokens');
  const pick = (size: number) => (next() >>> 0) % size;
  const data = new BigInt64Array(count * length);
  for (let sequence = 0; sequence < count; sequence++) {
    const subject = Array.from({ length: 40 }, () => pick(vocabulary));
    for (let position = 0; position < length; position++) {
      const ownSubject = sequence % 2 === 0 && pick(4) > 0;
      const token = ownSubject ? subject[pick(subject.length)]! : pick(vocabulary);
      data[sequence * length + position] = BigInt(token);
    }
  }
  return { type: 'int64', dims: [count, length], data };
}

/** Rows [count, features] around a few cluster centres. */
export function structuredRows(seed: number, count: number, features: number): GraphTensor {
  const clusters = 16;
  const normal = createRandomNormals(seed, 'calibration/rows');
  const next = createRandomIntegers(seed, 'calibration/clusters');
  const centres = Array.from({ length: clusters }, () => Float32Array.from({ length: features }, normal));
  const data = new Float32Array(count * features);
  for (let row = 0; row < count; row++) {
    const centre = centres[(next() >>> 0) % clusters] as Float32Array;
    for (let feature = 0; feature < features; feature++) {
      data[row * features + feature] = 0.8 * at(centre, feature) + 0.6 * normal();
    }
  }
  return { type: 'float32', dims: [count, features], data };
}

/** An int64 tensor [count, length] of one value, for masks and token types. */
export function constantIds(count: number, length: number, value: bigint): GraphTensor {
  return { type: 'int64', dims: [count, length], data: new BigInt64Array(count * length).fill(value) };
}

function at(values: Float32Array, index: number): number {
  return values[index]!;
}
