/** Bounds of a number that people type. */
export interface DecimalBounds {
  /** The smallest that is allowed; left out: any above zero. */
  least?: number;
  /** Everything from here on is too large; left out: nothing is. */
  below?: number;
}

/** Reads a number as people type it, with a point before its decimals; null where the text is none within the bounds. */
export function parseDecimal(text: string, { least, below }: DecimalBounds = {}): number | null {
  const trimmed = text.trim();
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(trimmed)) return null;
  const value = Number(trimmed);
  const isSmall = least === undefined ? value <= 0 : value < least;
  return isSmall || (below !== undefined && value >= below) ? null : value;
}

/** What is wrong with a text that should be such a number; null: nothing. */
export function explainDecimal(text: string, bounds: DecimalBounds = {}): string | null {
  return parseDecimal(text, bounds) === null ? `Give ${describeDecimal(bounds)}.` : null;
}

/** Such a number in words, e.g. "a number above 0". */
export function describeDecimal({ least, below }: DecimalBounds = {}): string {
  const lower = least === undefined ? 'a number above 0' : `a number from ${least} on`;
  return below === undefined ? lower : `${lower} and below ${below}`;
}
