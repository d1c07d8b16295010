import { expect, test } from 'vitest';
import { fuzzReader } from '../../../scripts/fuzz-onnx.ts';

test(
  '2,000 damaged files are each read or refused with a reason, fast and in bounded memory',
  { timeout: 60_000 },
  async () => {
    const report = await fuzzReader(2000, 20_240_229);
    expect(report.violations).toEqual([]);
    expect(report.slowestMs).toBeLessThan(1000);
    expect(report.rssGrowthBytes).toBeLessThan(200e6);
    // The mutations reach past the first check: some files survive, others fail deep inside.
    expect(Object.keys(report.outcomes)).toEqual(
      expect.arrayContaining([
        'valid',
        'MODEL_INVALID',
        'MODEL_TRUNCATED',
        'MODEL_NOT_ONNX',
        'MODEL_EXTERNAL_DATA_ESCAPES',
      ]),
    );
  },
);
