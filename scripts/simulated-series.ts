import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A stationary series whose true median, percentiles and mean are known. Values are positive, like latencies. */
export interface SimulatedSeries {
  name: string;
  draw: (n: number, random: RandomGenerator) => Float64Array;
  quantile: (percentile: number) => number;
  mean: number;
}

/** Standard normal draws with correlation `correlation` between neighbours: AR(1), started in its stationary state. */
export function drawAutoregressive(n: number, correlation: number, random: RandomGenerator): Float64Array {
  const values = new Float64Array(n);
  const innovation = Math.sqrt(1 - correlation * correlation);
  for (let index = 0; index < n; index += 2) {
    // Box and Muller: two independent normals from two uniforms.
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    const angle = 2 * Math.PI * uniformFloat64(random);
    values[index] = radius * Math.cos(angle);
    if (index + 1 < n) values[index + 1] = radius * Math.sin(angle);
  }
  for (let index = 1; index < n; index += 1) {
    values[index] = correlation * values[index - 1]! + innovation * values[index]!;
  }
  return values;
}

function gaussian(name: string, correlation: number): SimulatedSeries {
  return {
    name,
    draw: (n, random) => drawAutoregressive(n, correlation, random).map((value) => 10 + value),
    quantile: (percentile) => 10 + normalQuantile(percentile / 100, 0, 1),
    mean: 10,
  };
}

function lognormal(name: string, correlation: number, sigma: number): SimulatedSeries {
  return {
    name,
    draw: (n, random) => drawAutoregressive(n, correlation, random).map((value) => Math.exp(sigma * value)),
    quantile: (percentile) => Math.exp(sigma * normalQuantile(percentile / 100, 0, 1)),
    mean: Math.exp((sigma * sigma) / 2),
  };
}

/** A floor of 1 and an exponential tail above it, the shape of a latency that is only ever delayed. */
const exponentialTail: SimulatedSeries = {
  name: 'exponential tail',
  draw: (n, random) => Float64Array.from({ length: n }, () => 1 - Math.log(1 - uniformFloat64(random))),
  quantile: (percentile) => 1 - Math.log(1 - percentile / 100),
  mean: 2,
};

/** The cases of the coverage table. */
export const simulatedSeries: readonly SimulatedSeries[] = [
  gaussian('normal', 0),
  lognormal('lognormal 0.5', 0, 0.5),
  lognormal('lognormal 1', 0, 1),
  exponentialTail,
  gaussian('AR(1) 0.3', 0.3),
  gaussian('AR(1) 0.6', 0.6),
  gaussian('AR(1) 0.9', 0.9),
  lognormal('exp AR(1) 0.3', 0.3, 0.5),
  lognormal('exp AR(1) 0.6', 0.6, 0.5),
  lognormal('exp AR(1) 0.9', 0.9, 0.5),
];

/**
 * One long series of lognormal latencies whose level wanders at every time scale (1/f noise, a sum of AR(1) levels
 * with time constants a factor 4 apart): a machine that is busy with other things. `levelShare` is the standard
 * deviation of the level added per time scale, as a share of the level.
 */
export function drawWanderingSeries(n: number, levelShare: number, random: RandomGenerator): Float64Array {
  const level = new Float64Array(n);
  for (let timeConstant = 100; timeConstant < 4 * n; timeConstant *= 4) {
    const slow = drawAutoregressive(n, Math.exp(-1 / timeConstant), random);
    for (let index = 0; index < n; index += 1) {
      level[index] = level[index]! + levelShare * slow[index]!;
    }
  }
  return drawAutoregressive(n, 0, random).map((value, index) => Math.exp(0.1 * value + level[index]!));
}
