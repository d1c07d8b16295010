/**
 * p values adjusted for judging them together: those at or below q are discoveries with a false discovery rate of q at
 * most, for independent and for positively dependent tests. In the order given. Source: Benjamini and Hochberg 1995.
 */
export function adjustPValues(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const descending = pValues.map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value);
  const adjusted = new Array<number>(count);
  let smallest = 1;
  descending.forEach(({ value, index }, position) => {
    smallest = Math.min(smallest, value * (count / (count - position)));
    adjusted[index] = smallest;
  });
  return adjusted;
}
