import { describe, expect, it } from 'vitest';
import { createAgreement } from '../../../src/core/compare/quality/output-agreement.ts';
import { readOutputShape } from '../../../src/core/compare/quality/output-shape.ts';

function agreementOf(baseline: number[][], candidate: number[][], classes: number | null, parts = 1) {
  const elements = baseline[0]!.length;
  const sums = createAgreement({ output: 'y', elements, classes });
  baseline.forEach((sample, index) => {
    const size = elements / parts;
    for (let part = 0; part < parts; part++) {
      const range = [part * size, (part + 1) * size] as const;
      sums.add(Float32Array.from(sample.slice(...range)), Float32Array.from(candidate[index]!.slice(...range)));
    }
  });
  return sums.finish();
}

describe('agreement of an output', () => {
  it('is the error over the spread around the mean, whatever the offset', () => {
    // Baseline 1000 ± 1 in both elements: the spread is 4, the error 4 times 0.01.
    const result = agreementOf(
      [
        [999, 1001],
        [1001, 999],
      ],
      [
        [999.125, 1001],
        [1001, 999.125],
      ],
      null,
    );
    expect(result.centredRelativeError).toBeCloseTo(Math.sqrt((2 * 0.125 ** 2) / 4), 12);
    expect(result.sqnrDb).toBeCloseTo(-10 * Math.log10((2 * 0.125 ** 2) / 4), 9);
    expect(result.maxError).toBe(0.125);
    expect(result.cosine).toBeCloseTo(1, 6);
    expect(result.top1).toBeNull();
  });

  it('has no relative error where the baseline never varies, and no decibels where nothing differs', () => {
    expect(
      agreementOf(
        [
          [3, 4],
          [3, 4],
        ],
        [
          [3, 4.5],
          [3, 4],
        ],
        null,
      ),
    ).toMatchObject({ centredRelativeError: null, sqnrDb: null });
    expect(
      agreementOf(
        [
          [3, 4],
          [4, 3],
        ],
        [
          [3, 4],
          [4, 3],
        ],
        null,
      ),
    ).toMatchObject({ centredRelativeError: 0, sqnrDb: null });
  });

  it('counts the same largest score, and the five largest', () => {
    const scores = (largest: number, second: number) =>
      Array.from({ length: 8 }, (_, index) => (index === largest ? 5 : index === second ? 4 : index / 100));
    const result = agreementOf(
      [scores(0, 1), scores(2, 3), scores(4, 5), scores(0, 7)],
      [scores(0, 1), scores(3, 2), scores(4, 1), Array.from({ length: 8 }, (_, index) => index)],
      8,
    );
    expect(result.top1).toMatchObject({ value: 0.5, n: 4, kind: 'measured' });
    expect(result.top5).toMatchObject({ value: 0.75 });
    expect(result.top1!.interval).toMatchObject({ method: 'Wilson score' });
  });

  it('has a divergence like the definition says, for scores and for probabilities', () => {
    const [expected, found] = [
      [1, 2, 4],
      [1.5, 2, 3],
    ];
    const softmax = (row: number[]) =>
      row.map((one) => Math.exp(one) / row.reduce((sum, other) => sum + Math.exp(other), 0));
    const [p, q] = [softmax(expected), softmax(found)];
    const divergence = p.reduce((sum, share, index) => sum + share * Math.log(share / q[index]!), 0);
    expect(agreementOf([expected], [found], 3).softmaxKl).toBeCloseTo(divergence, 12);
    expect(agreementOf([p], [q], 3).softmaxKl).toBeCloseTo(divergence, 6);
  });

  it('takes scores that are masked on both sides as equal', () => {
    const masked = [1, -Infinity, 3];
    const result = agreementOf([masked, [2, -Infinity, 1]], [masked, [2.5, -Infinity, 1]], 3);
    expect(result).toMatchObject({ notFinite: 0, maxError: 0.5 });
    expect(result.centredRelativeError).toBeCloseTo(0.5 / Math.sqrt(0.5 + 2), 9);
    expect(result.softmaxKl).toBeGreaterThan(0);
  });

  it('has no relative error where the candidate is not finite, and does not count such a row as agreement', () => {
    const result = agreementOf(
      [
        [1, 2, 3],
        [3, 2, 1],
      ],
      [
        [NaN, NaN, NaN],
        [3, 2, 1],
      ],
      3,
    );
    expect(result).toMatchObject({ notFinite: 3, centredRelativeError: null, softmaxKl: null });
    expect(result.top1).toMatchObject({ value: 0.5 });
  });

  it('does not depend on the parts that a sample comes in', () => {
    const sample = (seed: number) => Array.from({ length: 12 }, (_, index) => Math.sin(seed + index * 1.7));
    const all: [number[][], number[][]] = [
      [sample(1), sample(2)],
      [sample(1.1), sample(2.2)],
    ];
    expect(agreementOf(...all, 3, 4)).toEqual(agreementOf(...all, 3));
    expect(agreementOf(...all, 3).top1!.interval!.method).toContain('of 8');
  });
});

describe('shape of an output', () => {
  it.each([
    ['logits', [4, 10], { samples: 4, elements: 10, classes: 10 }],
    ['output', [4, 2], { samples: 4, elements: 2, classes: 2 }],
    ['score', [4, 1], { samples: 4, elements: 1, classes: null }],
    ['logits', [4, 7, 100], { samples: 4, elements: 700, classes: 100 }],
    ['last_hidden_state', [4, 7, 100], { samples: 4, elements: 700, classes: null }],
    ['pooler_output', [4, 768], { samples: 4, elements: 768, classes: null }],
    ['output0', [4, 84, 8400], { samples: 4, elements: 705_600, classes: null }],
    ['features', [9, 10], { samples: 1, elements: 90, classes: null }],
  ])('%s %j', (name, dims, shape) => {
    expect(readOutputShape(name, 'float32', dims, 4)).toEqual(shape);
  });

  it('has no scores in whole numbers', () => {
    expect(readOutputShape('logits', 'int64', [4, 10], 4).classes).toBeNull();
  });
});
