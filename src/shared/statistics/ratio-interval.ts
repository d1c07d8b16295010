/** A value above 0 with its two-sided interval. */
export interface PositiveEstimate {
  value: number;
  low: number;
  high: number;
}

/**
 * Interval of the ratio of two independent estimates from their own intervals of one level, on logarithms: each bound
 * recovers the variance that its side had. Source: Zou and Donner 2008, Construction of confidence limits about effect
 * measures (MOVER).
 */
export function ratioInterval(numerator: PositiveEstimate, denominator: PositiveEstimate): PositiveEstimate {
  const ratio = Math.log(numerator.value / denominator.value);
  const below = Math.hypot(Math.log(numerator.value / numerator.low), Math.log(denominator.high / denominator.value));
  const above = Math.hypot(Math.log(numerator.high / numerator.value), Math.log(denominator.value / denominator.low));
  return { value: Math.exp(ratio), low: Math.exp(ratio - below), high: Math.exp(ratio + above) };
}
