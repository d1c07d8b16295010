import { roundStep, type AxisScale } from './axis.ts';
import { quantileOf, type LatencyDistribution } from './distribution.ts';
import { largestOf, smallestOf } from './numbers.ts';

/** Bins of a histogram, all of the same width, or of the same ratio on a log axis. */
export interface Bins {
  /** Where bins begin and end, ns; one more than there are shares. */
  edgesNs: number[];
  /** Share of the queries in each bin, its beginning included. */
  shares: number[];
  /** Width of a bin in ns on a linear axis, bins per power of ten on a log axis. */
  step: number;
}

const fewestBins = 10;
const mostBins = 80;

/**
 * Sorts order statistics into bins of the width that Freedman and Diaconis (1981) found for density estimates,
 * 2 IQR / n^(1/3), rounded to 1, 2 or 5 times a power of ten so that edges are readable, and limited to 10 to 80 bins.
 * On a log axis the rule is applied to logarithms. Each order statistic stands for the queries since the one before.
 */
export function toBins(data: LatencyDistribution, scale: AxisScale): Bins {
  const { latencyNs, share } = data.distribution;
  if (latencyNs.length === 0) return { edgesNs: [], shares: [], step: 0 };
  const toAxis = (ns: number) => (scale === 'log' ? Math.log10(ns) : ns);
  const [smallest, largest] = [toAxis(smallestOf(latencyNs)), toAxis(largestOf(latencyNs))];
  const spread = toAxis(quantileOf(data, 0.75)) - toAxis(quantileOf(data, 0.25));
  const best = (2 * spread) / Math.cbrt(Math.max(data.n, 1));
  const range = largest - smallest;
  // Equal latencies still need a width: a tenth of a power of ten, or about a hundredth of the value.
  const wanted =
    range === 0
      ? scale === 'log'
        ? 0.1
        : Math.max(largest / 100, 1)
      : Math.min(Math.max(best, range / mostBins), range / fewestBins);
  // Whole numbers of bins in a power of ten keep their edges on the axis's own steps.
  const perStep = scale === 'log' ? Math.ceil(1 / wanted) : 1 / roundStep(wanted);
  const first = Math.floor(smallest * perStep);
  const last = Math.max(Math.floor(largest * perStep), first);
  const shares = new Array<number>(last - first + 1).fill(0);
  latencyNs.forEach((ns, index) => {
    const bin = Math.min(Math.max(Math.floor(toAxis(ns) * perStep) - first, 0), shares.length - 1);
    shares[bin]! += share[index]! - (share[index - 1] ?? 0);
  });
  const step = scale === 'log' ? perStep : roundStep(wanted);
  const edgesNs = Array.from({ length: shares.length + 1 }, (_, index) =>
    scale === 'log' ? 10 ** ((first + index) / perStep) : Number(((first + index) * step).toPrecision(12)),
  );
  return { edgesNs, shares, step };
}
