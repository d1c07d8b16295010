import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';
import { judgeLevel, judgeLevels } from '../../../src/shared/matrix/service-level.ts';
import { normalCdf, normalQuantile } from '../../../src/shared/statistics/normal.ts';
import { simulateOutcome } from '../../support/simulated-cells.ts';

function summarize(latencyMs: number, uncertainty: number, percentiles: Readonly<Record<number, number>> = { 90: 1 }) {
  const outcome = simulateOutcome({ latencyNs: latencyMs * 1e6, samplesPerS: 1, uncertainty, percentiles });
  if (outcome.state !== 'completed') throw new Error('not completed');
  return outcome.measurement.summary;
}

const level = { percentile: 90, latencyMs: 10 };

describe('one configuration', () => {
  it('keeps a level when all of the interval lies within the limit, misses it when all lies beyond', () => {
    expect(judgeLevel(summarize(9, 0.05), level)).toBe('keeps');
    expect(judgeLevel(summarize(11, 0.05), level)).toBe('misses');
    expect(judgeLevel(summarize(10, 0.05), level)).toBe('open');
  });

  it('is judged by other percentiles as far as they can tell', () => {
    // p50 beyond the limit: p99 is too. p99 within it: p90 is too.
    expect(judgeLevel(summarize(11, 0.01, { 50: 1 }), { percentile: 99, latencyMs: 10 })).toBe('misses');
    expect(judgeLevel(summarize(5, 0.01, { 50: 1 }), { percentile: 99, latencyMs: 10 })).toBe('unearned');
    expect(judgeLevel(summarize(9, 0.01, { 99: 1 }), level)).toBe('keeps');
  });
});

describe('several configurations', () => {
  it('are judged in their order', () => {
    const summaries = [summarize(2, 0.05), summarize(30, 0.05), summarize(10, 0.05), summarize(5, 0.05, { 50: 1 })];
    expect(judgeLevels(summaries, level)).toEqual(['keeps', 'misses', 'open', 'unearned']);
  });

  it('need more evidence the more of them there are', () => {
    // 1.9 standard errors below the limit: enough for one of one, too little for the only one of forty.
    const uncertainty = 0.05;
    const close = summarize(10 * Math.exp((-1.9 / 1.96) * uncertainty), uncertainty);
    const undecided = Array.from({ length: 39 }, () => summarize(10, uncertainty));
    expect(judgeLevels([close], level)).toEqual(['keeps']);
    expect(judgeLevels([close, ...undecided], level)[0]).toBe('open');
  });

  it('are painted wrongly in at most 5 % of cases when all of them lie at the limit', () => {
    let painted = 0;
    const runs = 2000;
    const random = createSeededRandom(1);
    const uniform = (): number => ((random.next() >>> 0) + 0.5) / 2 ** 32;
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    for (let run = 0; run < runs; run++) {
      const summaries = Array.from({ length: 20 }, () => summarize(10 * Math.exp((normal() / 1.96) * 0.05), 0.05));
      if (judgeLevels(summaries, level).includes('keeps')) painted++;
    }
    expect(painted / runs).toBeLessThanOrEqual(0.07);
  });
});

describe('the normal distribution', () => {
  it('has its tabled values and their inverse', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 6);
    expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
    expect(normalCdf(-2.575829)).toBeCloseTo(0.005, 6);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 4);
  });
});
