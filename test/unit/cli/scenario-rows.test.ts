import { describe, expect, it } from 'vitest';
import { scenarioRows } from '../../../src/cli/output/scenario-rows.ts';
import type { Cell } from '../../../src/cli/output/columns.ts';
import type { DecodeTiming } from '../../../src/shared/domain/decode-timing.ts';
import type { InstanceScaling } from '../../../src/shared/domain/instance-scaling.ts';
import type { Measurement } from '../../../src/shared/domain/measurement.ts';
import { absent, present, type Reading } from '../../../src/shared/domain/provenance.ts';

function reading(value: number, unit: Reading['unit']): Reading {
  return { value, unit, kind: 'measured', interval: null, n: 10 };
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' && 'text' in cell ? cell.text : '';
}

/** Label and text of every row; readings and percentiles by their value. */
function rowsOf(parts: Partial<Measurement>): Map<string, string> {
  const rows = scenarioRows(parts as Measurement, {
    reading: (label, { value }) => [label, { text: String(value) }],
    percentile: (label, one) => [label, { text: one.status }],
  });
  return new Map(rows.map(([label, text]) => [typeof label === 'string' ? label : textOf(label), textOf(text)]));
}

const decode: DecodeTiming = {
  promptTokens: 32,
  newTokens: 16,
  batch: 2,
  requests: 12,
  timeToFirstToken: {
    percentiles: [{ status: 'unearned', percentile: 50, n: 3, neededN: 6 }],
    mean: reading(4e8, 'ns'),
  },
  interToken: { percentiles: [], mean: null },
  prefillTokensPerS: reading(59, 'tokens/s'),
  decodeTokensPerS: reading(28, 'tokens/s'),
  growth: 1.07,
  cacheBytes: 2 ** 20,
  cacheCopyShare: null,
  choiceShare: 0.01,
  cacheCheck: { maxRelativeError: 3e-7, sameTokens: true },
};

describe('rows of a generated text', () => {
  it('tell prompts and tokens apart, and what was not measured by a word', () => {
    const rows = rowsOf({ decode });
    expect(rows.get('prefill')).toBe('59');
    expect(rows.get('decode')).toBe('28');
    expect(rows.get('p50 first token')).toBe('unearned');
    expect(rows.get('texts')).toContain('12 requests of 2 × (32 + 16) tokens');
    expect(rows.get('cache')).toContain('was not measured');
    expect(rows.get('cache check')).toContain('scores off by 3.0e-7, the same token follows');
  });

  it('give a share of the cache only where it is told from none', () => {
    const share = (low: number, high: number): string =>
      rowsOf({
        decode: {
          ...decode,
          cacheCopyShare: { ...reading(0.02, 'ratio'), interval: { low, high, level: 0.95, method: '' } },
        },
      }).get('cache') ?? '';
    expect(share(0.01, 0.03)).toContain('takes 2 % (1 % to 3 %) of a step');
    expect(share(-0.01, 0.05)).toContain('takes less than 5 % of a step');
  });
});

const instances: InstanceScaling = {
  count: 2,
  commonNs: 10e9,
  throughput: reading(190, 'samples/s'),
  each: [reading(100, 'samples/s'), reading(90, 'samples/s')],
  threads: 1,
  processors: [[0], [1]],
  pinned: present(true),
  oversubscribed: false,
  single: null,
  fairness: { minOverMax: 0.9, jain: 0.997 },
};

describe('rows of several instances', () => {
  it('name processors, and say what scaling needs', () => {
    const rows = rowsOf({ instances });
    expect(rows.get('processors')).toBe('0 | 1; 1 thread each; confined to them');
    expect(rows.get('fairness')).toContain('Jain 0.997');
    expect(rows.get('scaling')).toContain('--instances 1,...');
  });

  it('say why they are not confined', () => {
    const rows = rowsOf({ instances: { ...instances, pinned: absent('nothing does that here') } });
    expect(rows.get('processors')).toContain('not confined: nothing does that here');
    expect(rowsOf({ instances: { ...instances, oversubscribed: true } }).get('processors')).toContain(
      'more than there are processors',
    );
  });
});
