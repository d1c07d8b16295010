import { expect, test } from 'vitest';
import { decodeSeries, encodeSeries } from '../../../src/core/storage/series-codec.ts';
import { simulateSeries } from './sample-run.ts';

const damaged: unknown = expect.objectContaining({ name: 'InferometerError', code: 'STORAGE_UNUSABLE' });

test('stamps of several chunks, with and without a schedule, come back equal', () => {
  const closed = simulateSeries(150_000, 1);
  const open = { ...closed, scheduledNs: closed.issuedNs.map((stamp, i) => stamp - (i % 300)) };
  expect(decodeSeries(encodeSeries(closed))).toEqual(closed);
  expect(decodeSeries(encodeSeries(open))).toEqual(open);
});

test('a simulated sample takes less than 4 bytes', () => {
  expect(encodeSeries(simulateSeries(100_000, 2)).length / 100_000).toBeLessThan(4);
});

test('one stall does not widen the samples far from it', () => {
  const calm = simulateSeries(200_000, 3);
  const stalled = structuredClone(calm);
  for (let i = 10; i < 200_000; i += 1) {
    stalled.completedNs[i]! += 3_600e9;
    if (i > 10) stalled.issuedNs[i]! += 3_600e9;
  }
  expect(encodeSeries(stalled).length).toBeLessThan(encodeSeries(calm).length * 1.01);
});

test.each([
  ['a fraction of a nanosecond', [1.5]],
  ['not a number', [Number.NaN]],
  ['a stamp past 26 days', [2 ** 52]],
])('%s is refused instead of rounded', (_, stamps) => {
  const issuedNs = Float64Array.from(stamps);
  expect(() => encodeSeries({ scheduledNs: null, issuedNs, completedNs: new Float64Array(1) })).toThrow(RangeError);
});

test('stamps of different number are refused', () => {
  const series = { scheduledNs: null, issuedNs: new Float64Array(2), completedNs: new Float64Array(1) };
  expect(() => encodeSeries(series)).toThrow(RangeError);
});

test('a flipped bit anywhere is found', () => {
  const blob = encodeSeries(simulateSeries(500, 4));
  for (let position = 0; position < blob.length; position += 1) {
    // The two reserved bytes are covered by the checksum as well.
    const changed = Buffer.from(blob);
    changed[position]! ^= 1 << (position % 8);
    expect(() => decodeSeries(changed), `byte ${position}`).toThrow(damaged);
  }
});

test('every shortened blob is refused', () => {
  const blob = encodeSeries(simulateSeries(200, 5));
  for (let length = 0; length < blob.length; length += 1) {
    expect(() => decodeSeries(blob.subarray(0, length)), `${length} bytes`).toThrow(damaged);
  }
});
