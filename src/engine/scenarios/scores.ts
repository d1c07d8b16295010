import type { Feeds } from '../runtime/input-file.ts';

/** Scores of every token to follow, one row for each text. */
export type Scores = ArrayLike<number>[];

interface Rows extends ArrayLike<number> {
  subarray(begin: number, end: number): ArrayLike<number>;
}

/**
 * Scores after the last token of each text, from [batch, vocabulary] or [batch, sequence, vocabulary], as views.
 * @throws Error where the output has another shape or no numbers.
 */
export function lastScores({ dims, data }: Pick<Feeds[string], 'dims' | 'data'>): Scores {
  const [batch = 0] = dims;
  const vocabulary = dims.at(-1) ?? 0;
  const sequence = dims.length === 3 ? (dims[1] ?? 0) : 1;
  if (dims.length < 2 || dims.length > 3 || vocabulary === 0 || sequence === 0 || !ArrayBuffer.isView(data)) {
    throw new Error(`The scores have the shape [${dims.join(', ')}], which is no list of tokens for each text`);
  }
  const rows = data as unknown as Rows;
  return Array.from({ length: batch }, (_, text) => {
    const end = (text + 1) * sequence * vocabulary;
    return rows.subarray(end - vocabulary, end);
  });
}

/** The token with the highest score in each text, the first of equals. */
export function mostLikely(scores: Scores): number[] {
  return scores.map((row) => {
    let best = 0;
    let highest = row[0] ?? Number.NaN;
    for (let token = 1; token < row.length; token++) {
      const score = row[token]!;
      if (score > highest) {
        highest = score;
        best = token;
      }
    }
    return best;
  });
}

/** How far scores lie from the expected ones: largest difference over the largest score; null where one is not finite. */
export function compareScores(
  expected: Scores,
  actual: Scores,
): { maxRelativeError: number | null; sameTokens: boolean } {
  let difference = 0;
  let largest = 0;
  expected.forEach((row, text) => {
    const other = actual[text]!;
    for (let token = 0; token < row.length; token++) {
      // A value that is not finite makes the sum so, and stays in it.
      difference = Math.max(difference, Math.abs(other[token]! - row[token]!)) + 0 * other[token]!;
      largest = Math.max(largest, Math.abs(row[token]!)) + 0 * row[token]!;
    }
  });
  const tokens = mostLikely(actual);
  const sameTokens = mostLikely(expected).every((token, text) => token === tokens[text]);
  const finite = Number.isFinite(difference) && Number.isFinite(largest);
  return { maxRelativeError: finite ? difference / Math.max(largest, Number.MIN_VALUE) : null, sameTokens };
}
