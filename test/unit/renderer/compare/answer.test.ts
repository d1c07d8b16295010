import { describe, expect, it } from 'vitest';
import { toAnswer, withInterval } from '../../../../src/renderer/features/compare/answer.ts';
import type { Reading } from '../../../../src/shared/domain/provenance.ts';
import { formatReading } from '../../../../src/shared/units.ts';
import { createSampleComparisons } from '../../../e2e/scenarios/sample-comparisons.ts';

const format = { locale: 'en-US', reading: (reading: Reading) => formatReading(reading, { locale: 'en-US' }) };
const [failed, ambiguous, faster, trap, slower, same] = createSampleComparisons().map(({ record }) => record);

function sentenceOf(record: typeof faster): string {
  const { before, verdict, holds, after } = toAnswer(record!, format);
  return `${before} ${verdict === null ? 'NOT MEASURED' : holds ? verdict : 'NO VERDICT'}${after}`;
}

describe('the answer of a comparison', () => {
  it('says speed, accuracy and size with their intervals', () => {
    expect(sentenceOf(faster)).toBe(
      'resnet50-int8-static is FASTER: 3.018× [2.972, 3.064], accuracy 75.7% [73.0, 78.3] (-0.50 points [-1.30, 0.30]), 4.0× smaller.',
    );
  });

  it('names the threads where only they differ, and leaves out the size of one file', () => {
    expect(sentenceOf(ambiguous)).toBe(
      'mlp-tabular with 2 threads is AMBIGUOUS: 1.031× [0.992, 1.071], top-1 agreement 100.0% [94.3, 100.0].',
    );
  });

  it('says of the same speed within which margin', () => {
    expect(sentenceOf(same)).toBe(
      'mlp-tabular takes the SAME time: 1.0012× [0.9941, 1.0083], within 2% of the baseline.',
    );
  });

  it('tells no quality that is void', () => {
    expect(sentenceOf(slower)).toBe(
      'mobilenet-v2-int8-dynamic is SLOWER: 0.412× [0.401, 0.424], quality void, 1.1× smaller.',
    );
  });

  it('says in words that outputs have nothing to do with those of the baseline', () => {
    const output = { ...slower!.result.quality!.outputs[0]!, top1: null, top5: null, softmaxKl: null };
    const off = (centredRelativeError: number): typeof faster => {
      const outputs = [{ ...output, centredRelativeError }];
      return { ...same!, result: { ...same!.result, quality: { ...ambiguous!.result.quality!, outputs } } };
    };
    expect(sentenceOf(off(0.031))).toMatch(/, outputs off by 3\.1%\.$/);
    expect(sentenceOf(off(106_770))).toMatch(/, outputs off by more than they vary\.$/);
  });

  it('gives no verdict where a finding takes it its meaning, and still says what was measured', () => {
    expect(sentenceOf(trap)).toBe(
      'resnet50-fp16: NO VERDICT; measured 0.874× [0.861, 0.887], top-1 agreement 98.4% [91.7, 99.7], 2.0× smaller.',
    );
  });

  it('says that nothing was measured', () => {
    expect(sentenceOf(failed)).toBe('mlp-tabular on cuda: NOT MEASURED.');
  });

  it('follows the verdict over all candidates of a plan', () => {
    const { speed } = faster!.result;
    const adjusted = { comparisons: 8, pValue: 0.09, verdict: 'AMBIGUOUS' as const };
    const record = { ...faster!, result: { ...faster!.result, speed: { ...speed!, adjusted } } };
    expect(toAnswer(record, format).verdict).toBe('AMBIGUOUS');
  });
});

describe('a reading in a sentence', () => {
  const reading: Reading = { value: 3.2, unit: '1', kind: 'measured', n: 4, interval: null };

  it('stands alone without an interval', () => {
    expect(withInterval(reading, format)).toBe('3.20×');
  });

  it('says which bound is missing', () => {
    const interval = { low: 3, high: null, level: 0.95, method: 'test' };
    expect(withInterval({ ...reading, interval }, format)).toBe('3.20× [3.00, no upper bound]');
  });

  it('follows the locale', () => {
    const german = { reading: (one: Reading) => formatReading(one, { locale: 'de-DE' }) };
    expect(withInterval(reading, german)).toBe('3,20×');
  });
});
