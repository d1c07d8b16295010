import type { DecodeResult } from '../../../engine/protocol.ts';
import type { DecodeTiming, TimeSummary } from '../../../shared/domain/decode-timing.ts';
import type { Measurement, SampleSeries, SeriesSummary } from '../../../shared/domain/measurement.ts';
import type { CellConfig } from '../../../shared/domain/plan.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import { processMeanInterval } from '../../stats/between-process.ts';
import { percentileOfSorted } from '../../stats/percentile-interval.ts';
import { LEVEL } from '../../stats/read-percentiles.ts';
import { summarizeProcesses, type ProcessesSummary, type ProcessSeries } from '../../stats/summarize-processes.ts';

type Lengths = NonNullable<CellConfig['decode']>;

/** Texts that are too short for a quarter of them to tell anything. */
const fewestForGrowth = 8;

/**
 * Sums up generated texts. The stamps are those of tokens: scheduled when the request began, issued when the step began,
 * completed when the token had been chosen. The headline is the inter-token latency; the throughput is that of all
 * tokens, with the time that prompts take.
 */
export function summarizeDecode(
  lengths: Lengths,
  tokens: readonly ProcessSeries[],
  told: readonly DecodeResult[],
): ProcessesSummary & Pick<Measurement, 'decode'> {
  const { newTokens } = lengths;
  const all = summarizeProcesses(tokens.map((one) => ({ ...one, series: { ...one.series, scheduledNs: null } })));
  const later = summarizeProcesses(tokens.map((one) => pickTokens(one, newTokens, (token) => token > 0)));
  const first = summarizeProcesses(tokens.map((one) => pickTokens(one, newTokens, (token) => token === 0)));
  const withRate = (one: SeriesSummary, of: SeriesSummary): SeriesSummary => ({
    ...one,
    durationNs: of.durationNs,
    throughput: of.throughput && { ...of.throughput, unit: 'tokens/s' },
  });
  return {
    processes: later.processes.map((one, index) => withRate(one, all.processes[index] ?? one)),
    summary: withRate(later.summary, all.summary),
    betweenProcessSpread: later.betweenProcessSpread,
    decode: toTiming(lengths, tokens, first.summary, later.summary, told),
  };
}

/**
 * The tokens at some places of their texts, as a series of their own in which a first token takes from the start of its
 * request and a later one from the start of its step. A text of which not every stamp was kept is left out.
 */
function pickTokens(
  { series, context }: ProcessSeries,
  newTokens: number,
  isPicked: (token: number) => boolean,
): ProcessSeries {
  const whole = Math.floor(series.issuedNs.length / newTokens) * newTokens;
  const picked = Array.from({ length: whole }, (_, index) => index).filter((index) => isPicked(index % newTokens));
  const inText = Array.from({ length: newTokens }, (_, token) => token).filter(isPicked).length;
  const texts = Math.floor(context.totalQueries / newTokens);
  return {
    series: {
      scheduledNs: null,
      issuedNs: Float64Array.from(picked, (index) => series.issuedNs[index]!),
      completedNs: Float64Array.from(picked, (index) => series.completedNs[index]!),
    },
    context: { ...context, totalQueries: texts * inText },
  };
}

function toTiming(
  { promptTokens, newTokens }: Lengths,
  tokens: readonly ProcessSeries[],
  first: SeriesSummary,
  later: SeriesSummary,
  told: readonly DecodeResult[],
): DecodeTiming {
  const batch = tokens[0]?.context.samplesPerQuery ?? 1;
  const meanNs = later.latencyMeanNs?.value ?? null;
  const choiceNs = told.length === 0 ? 0 : told.reduce((sum, one) => sum + one.choiceNs, 0) / told.length;
  return {
    promptTokens,
    newTokens,
    batch,
    requests: first.queries,
    timeToFirstToken: toTimes(first),
    interToken: toTimes(later),
    prefillTokensPerS: toRate(batch * promptTokens, first.latencyMeanNs),
    decodeTokensPerS: toRate(batch, later.latencyMeanNs),
    growth: readGrowth(
      tokens.map(({ series }) => series),
      newTokens,
    ),
    cacheBytes: Math.max(0, ...told.map(({ cacheBytes }) => cacheBytes)),
    cacheCopyShare: readCopyShare(told),
    choiceShare: meanNs === null || meanNs === 0 ? 0 : Math.min(1, choiceNs / meanNs),
    cacheCheck: worstCheck(told),
  };
}

function toTimes({ percentiles, latencyMeanNs }: SeriesSummary): TimeSummary {
  return { percentiles, mean: latencyMeanNs };
}

/** Tokens per second from the mean time that so many take; the bounds change places. */
function toRate(tokens: number, mean: Reading | null): Reading | null {
  if (mean === null || mean.value <= 0) return null;
  const perS = (timeNs: number): number => (tokens * 1e9) / timeNs;
  const { interval } = mean;
  return {
    value: perS(mean.value),
    unit: 'tokens/s',
    kind: 'computed',
    interval: interval && {
      ...interval,
      low: interval.high === null ? null : perS(interval.high),
      high: interval.low === null || interval.low <= 0 ? null : perS(interval.low),
    },
    n: mean.n,
  };
}

/** How much longer a token takes late in a text, when more is cached, than early. */
function readGrowth(series: readonly SampleSeries[], newTokens: number): number | null {
  if (newTokens < fewestForGrowth) return null;
  const quarter = Math.floor((newTokens - 1) / 4);
  const medianOf = (isPicked: (token: number) => boolean): number => {
    const times = series.flatMap(({ issuedNs, completedNs }) =>
      Array.from(issuedNs, (issued, index) => completedNs[index]! - issued).filter((_, index) =>
        isPicked(index % newTokens),
      ),
    );
    return percentileOfSorted(Float64Array.from(times).sort(), 50);
  };
  const growth = medianOf((token) => token >= newTokens - quarter) / medianOf((token) => token > 0 && token <= quarter);
  return Number.isFinite(growth) && growth > 0 ? growth : null;
}

/** Share that handing the cache over takes: pairs of steps tell it, and where none can be told it is about 0, or below. */
function readCopyShare(told: readonly DecodeResult[]): Reading | null {
  const ratios = told.flatMap(({ copyRatios }) => copyRatios ?? []);
  if (ratios.length === 0) return null;
  const { mean, low, high } = processMeanInterval(Float64Array.from(ratios, Math.log), LEVEL);
  const toShare = (log: number | null): number | null => (log === null ? null : 1 - Math.exp(log));
  return {
    value: 1 - Math.exp(mean),
    unit: 'ratio',
    kind: 'measured',
    interval: {
      low: toShare(high),
      high: toShare(low),
      level: LEVEL,
      method: `Student t over the logarithms of ${ratios.length} pairs`,
    },
    n: ratios.length,
  };
}

function worstCheck(told: readonly DecodeResult[]): DecodeTiming['cacheCheck'] {
  const checks = told.flatMap(({ cacheCheck }) => (cacheCheck === null ? [] : [cacheCheck]));
  if (checks.length === 0) return null;
  const errors = checks.map(({ maxRelativeError }) => maxRelativeError);
  const finite = errors.filter((error) => error !== null);
  return {
    maxRelativeError: finite.length < errors.length ? null : Math.max(...finite),
    sameTokens: checks.every(({ sameTokens }) => sameTokens),
  };
}
