import { percentileOfSorted } from './percentile-interval.ts';

/** Windows that slow analyses look at; pairwise slopes of 300 are 44,850. */
const MAX_WINDOWS = 300;

/** A series as at most 300 consecutive windows of equal count. */
export interface WindowMedians {
  medians: Float64Array;
  /** Position in the series of each window's first value. */
  firstIndex: number[];
  /** Time of each window's middle value, in the unit of `timesNs`. */
  middleNs: Float64Array;
}

/** Medians over consecutive windows of a series in order of time; a series of up to 300 values stays as it is. */
export function windowMedians(values: Float64Array, timesNs: Float64Array): WindowMedians {
  const count = Math.min(MAX_WINDOWS, values.length);
  const medians = new Float64Array(count);
  const middleNs = new Float64Array(count);
  const firstIndex: number[] = [];
  for (let window = 0; window < count; window += 1) {
    const from = Math.floor((window * values.length) / count);
    const to = Math.floor(((window + 1) * values.length) / count);
    medians[window] = percentileOfSorted(values.slice(from, to).sort(), 50);
    middleNs[window] = timesNs[(from + to - 1) >>> 1]!;
    firstIndex.push(from);
  }
  return { medians, firstIndex, middleNs };
}
