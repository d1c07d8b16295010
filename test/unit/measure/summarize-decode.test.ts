import { expect, it } from 'vitest';
import { summarizeDecode } from '../../../src/core/measure/decode/summarize-decode.ts';
import type { ProcessSeries } from '../../../src/core/stats/summarize-processes.ts';

const newTokens = 9;
const texts = 20;

/** Texts back to back: 40 ms for the prompt, then 5 ms for each token, the later half of them 10 ms. */
function generated(): ProcessSeries {
  const scheduled: number[] = [];
  const issued: number[] = [];
  const completed: number[] = [];
  let timeNs = 0;
  for (let text = 0; text < texts; text++) {
    const startNs = timeNs;
    for (let token = 0; token < newTokens; token++) {
      scheduled.push(startNs);
      issued.push(timeNs);
      timeNs += (token === 0 ? 40 : token < 5 ? 5 : 10) * 1e6;
      completed.push(timeNs);
    }
  }
  return {
    series: {
      scheduledNs: Float64Array.from(scheduled),
      issuedNs: Float64Array.from(issued),
      completedNs: Float64Array.from(completed),
    },
    context: {
      samplesPerQuery: 2,
      totalQueries: texts * newTokens,
      keptEvery: 1,
      durationNs: timeNs,
      percentiles: [50, 90],
      seed: 1,
    },
  };
}

it('tells the prompt, the tokens after it and all of them apart', () => {
  const told = {
    choiceNs: 0.75e6,
    cacheBytes: 4096,
    copyRatios: [0.9, 0.89, 0.91],
    cacheCheck: { maxRelativeError: 1e-6, sameTokens: true },
  };
  const { summary, decode } = summarizeDecode({ promptTokens: 16, newTokens }, [generated()], [told]);
  expect(decode).toMatchObject({ requests: texts, batch: 2, cacheBytes: 4096, growth: 2 });
  expect(decode?.timeToFirstToken.mean?.value).toBeCloseTo(40e6);
  expect(decode?.interToken.mean?.value).toBeCloseTo(7.5e6);
  expect(decode?.prefillTokensPerS?.value).toBeCloseTo((2 * 16) / 0.04);
  expect(decode?.decodeTokensPerS?.value).toBeCloseTo(2 / 0.0075);
  expect(decode?.choiceShare).toBeCloseTo(0.1);
  expect(decode?.cacheCopyShare?.value).toBeCloseTo(0.1, 3);
  expect(decode?.cacheCopyShare?.interval?.low).toBeLessThan(0.1);
  expect(decode?.cacheCopyShare?.interval?.high).toBeGreaterThan(0.1);
  // The headline is that of a token after the first; the rate is that of all, prompts included.
  expect(summary.queries).toBe(texts * (newTokens - 1));
  expect(summary.latencyMaxNs).toBeCloseTo(10e6);
  const wholeTextS = (40 + 4 * 5 + 4 * 10) / 1000;
  expect(summary.throughput?.value).toBeGreaterThan((0.97 * 2 * newTokens) / wholeTextS);
  expect(summary.throughput?.value).toBeLessThan((1.05 * 2 * newTokens) / wholeTextS);
});

it('does not call a check passed that one process failed', () => {
  const told = { choiceNs: 0, cacheBytes: 1, copyRatios: null };
  const checks = [
    { ...told, cacheCheck: { maxRelativeError: 1e-6, sameTokens: true } },
    { ...told, cacheCheck: { maxRelativeError: null, sameTokens: false } },
  ];
  const { decode } = summarizeDecode({ promptTokens: 16, newTokens }, [generated(), generated()], checks);
  expect(decode?.cacheCheck).toEqual({ maxRelativeError: null, sameTokens: false });
  expect(decode?.cacheCopyShare).toBeNull();
});
