/**
 * Probability that a standard normal variable lies below `z`, to about 1e-7 absolute. Source: Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 7.1.26, for the error function.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp(-x * x)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** The z below which a standard normal variable lies with this probability, by bisection of `normalCdf`. */
export function normalQuantile(probability: number): number {
  let low = -8;
  let high = 8;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
