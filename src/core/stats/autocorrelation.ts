/** Correlation that is still taken for independence (our choice; docs/method/statistics.md). */
export const INDEPENDENCE_THRESHOLD = 0.1;

/** Longest series on which lags are summed directly; longer ones are first averaged into this many blocks. */
const MAX_POINTS = 8192;

/** Mean and variance (divided by n) of a series. */
export function moments(series: Float64Array): { mean: number; variance: number } {
  const n = series.length;
  let sum = 0;
  for (let index = 0; index < n; index += 1) sum += series[index]!;
  const mean = sum / n;
  let squares = 0;
  for (let index = 0; index < n; index += 1) {
    const deviation = series[index]! - mean;
    squares += deviation * deviation;
  }
  return { mean, variance: squares / n };
}

function autocovariance(series: Float64Array, mean: number, lag: number): number {
  let sum = 0;
  for (let index = lag; index < series.length; index += 1) {
    sum += (series[index]! - mean) * (series[index - lag]! - mean);
  }
  return sum / series.length;
}

/** Correlation of neighbours, -1..1; null for a constant or for fewer than three values. */
export function lag1Autocorrelation(series: Float64Array): number | null {
  if (series.length < 3) return null;
  const { mean, variance } = moments(series);
  return variance > 0 ? autocovariance(series, mean, 1) / variance : null;
}

/** Independent observations that n correlated ones are worth: n (1 - r) / (1 + r) once r passes the threshold. */
export function effectiveSampleSize(n: number, lag1: number | null): number {
  return lag1 === null || lag1 <= INDEPENDENCE_THRESHOLD ? n : (n * (1 - lag1)) / (1 + lag1);
}

/** Means of `count` consecutive blocks whose lengths differ by at most one. */
export function blockMeans(series: Float64Array, count: number): Float64Array {
  const means = new Float64Array(count);
  for (let block = 0; block < count; block += 1) {
    const from = Math.floor((block * series.length) / count);
    const to = Math.floor(((block + 1) * series.length) / count);
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += series[index]!;
    means[block] = sum / (to - from);
  }
  return means;
}

/**
 * 1 + 2 (r1 + r2 + ...), summed by Geyer's initial monotone sequence: pairs of lags are added while their sum is
 * positive, none counted higher than the one before. Source: Geyer 1992, Practical Markov Chain Monte Carlo.
 */
function monotoneSequenceSum(correlationAt: (lag: number) => number, maxLag: number): number {
  let total = -1;
  let previous = Infinity;
  for (let lag = 0; lag < maxLag; lag += 2) {
    const pair = Math.min(previous, correlationAt(lag) + correlationAt(lag + 1));
    if (pair <= 0) break;
    total += 2 * pair;
    previous = pair;
  }
  return Math.max(1, total);
}

/**
 * Integrated autocorrelation time: how many neighbouring observations are worth one independent one; at least 1.
 * Lags reach a quarter of the series. Subtracting the sample mean lowers every correlation by about time / n, so a
 * second pass adds back what the first one found. `series` in any unit, in order of time.
 */
export function autocorrelationTime(series: Float64Array): number {
  const { variance } = moments(series);
  if (!(variance > 0)) return 1;
  const points = series.length > MAX_POINTS ? blockMeans(series, MAX_POINTS) : series;
  const reduced = moments(points);
  if (!(reduced.variance > 0)) return 1;
  const known: number[] = [];
  const correlationAt = (lag: number): number =>
    (known[lag] ??= autocovariance(points, reduced.mean, lag) / reduced.variance);
  const maxLag = Math.floor(points.length / 4);
  const first = monotoneSequenceSum(correlationAt, maxLag);
  const corrected = monotoneSequenceSum((lag) => (lag === 0 ? 1 : correlationAt(lag) + first / points.length), maxLag);
  // What averaging into blocks has already absorbed: the variance of a block mean over that of an independent block.
  const withinBlocks = ((series.length / points.length) * reduced.variance) / variance;
  return Math.max(1, withinBlocks * corrected);
}
