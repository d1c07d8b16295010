import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSeries, encodeSeries } from '../../../src/core/storage/series-codec.ts';

const LIMIT_NS = 2 ** 51;

/** Any stamps at all, in any order: extremes, runs of equal ones and realistic steps. */
const stamp = fc.oneof(
  fc.maxSafeInteger().filter((value) => Math.abs(value) <= LIMIT_NS),
  fc.integer(),
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(-LIMIT_NS, LIMIT_NS, 0),
);

const series = fc.integer({ min: 0, max: 300 }).chain((n) => {
  const stamps = fc.array(stamp, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values));
  return fc.record({ scheduledNs: fc.option(stamps), issuedNs: stamps, completedNs: stamps });
});

test('every series of integer stamps comes back exactly', () => {
  fc.assert(
    fc.property(series, (original) => {
      expect(decodeSeries(encodeSeries(original))).toEqual(original);
    }),
    { numRuns: 300 },
  );
});

test('no bytes whatever make the decoder fail other than with its own error', () => {
  fc.assert(
    fc.property(
      series,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      (original, edits) => {
        const blob = encodeSeries(original);
        for (const [position, value] of edits) blob[position % blob.length] = value;
        try {
          // Edits that write the bytes already there leave a sound blob.
          expect(decodeSeries(blob)).toEqual(original);
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' });
        }
      },
    ),
    { numRuns: 300 },
  );
});
