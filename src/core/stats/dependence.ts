import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import {
  autocorrelationTime,
  blockMeans,
  INDEPENDENCE_THRESHOLD,
  lag1Autocorrelation,
  moments,
} from './autocorrelation.ts';

/** Windows whose spread shows slow changes of level: few, so that they are long enough to hold them. */
const WINDOWS = 6;
const MIN_WINDOW_LENGTH = 6;

/** Chance that windows of a stationary series are taken for slow changes. */
const FALSE_ALARM = 0.01;

/**
 * However dependent a series is, its six windows count as six observations, the fewest that bound a median: a run
 * whose level jumped still shows its median, between its 14th and 86th percentile.
 */
const LEAST_SIZE = WINDOWS;

/** How far a series in order of time is from independent observations. */
export interface Dependence {
  lag1: number | null;
  /** Observations worth one independent one, from correlation between near neighbours; at least 1. */
  correlationTime: number;
  /** True when the sixths of the series differ more than that correlation explains. */
  slow: boolean;
  /** Independent observations that the series is worth, slow changes and their degrees of freedom included. */
  effectiveSize: number;
}

/** Upper quantile of chi-square over its degrees of freedom, by Wilson and Hilferty's cube (within 1 % from 4 on). */
function chiSquareRatio(probability: number, degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom);
  return (1 - spread + normalQuantile(probability, 0, 1) * Math.sqrt(spread)) ** 3;
}

/**
 * Independent observations that a series is worth judging by the spread of group means, or null when
 * `correlationTime` explains that spread. Groups are windows of a run or whole processes. The factor (t / z)^2 pays
 * for estimating a variance from few groups, so that ranks taken at the resulting size have the coverage of a
 * Student t interval. `variance` is that of single observations.
 */
export function sizeFromGroups(
  groupMeans: Float64Array,
  observations: number,
  variance: number,
  correlationTime: number,
): number | null {
  const groups = groupMeans.length;
  if (groups < 2 || !(variance > 0)) return null;
  const groupVariance = (moments(groupMeans).variance * groups) / (groups - 1);
  const inflation = (groupVariance * observations) / groups / variance;
  if (inflation <= correlationTime * chiSquareRatio(1 - FALSE_ALARM, groups - 1)) return null;
  const fewGroups = (studentQuantile(0.975, groups - 1) / normalQuantile(0.975, 0, 1)) ** 2;
  return Math.max(LEAST_SIZE, observations / (inflation * fewGroups));
}

/**
 * Measures dependence in two steps: correlation between neighbours (only when lag 1 passes 0.1, and never less than
 * (1 + r) / (1 - r)), then slow changes of level seen in the means of six windows.
 */
export function measureDependence(series: Float64Array): Dependence {
  const n = series.length;
  const lag1 = lag1Autocorrelation(series);
  if (lag1 === null) return { lag1, correlationTime: 1, slow: false, effectiveSize: n };
  const correlationTime =
    lag1 > INDEPENDENCE_THRESHOLD ? Math.max((1 + lag1) / (1 - lag1), autocorrelationTime(series)) : 1;
  if (n < WINDOWS * MIN_WINDOW_LENGTH)
    return { lag1, correlationTime, slow: false, effectiveSize: n / correlationTime };
  const size = sizeFromGroups(blockMeans(series, WINDOWS), n, moments(series).variance, correlationTime);
  return {
    lag1,
    correlationTime,
    slow: size !== null,
    effectiveSize: size ?? Math.max(LEAST_SIZE, n / correlationTime),
  };
}
