import type { Finding, Measurement } from '../../../shared/domain/measurement.ts';

/** Differences of rounding stay far below it; a position or a mask that is fed wrongly goes far beyond it. */
const differenceLimit = 0.01;
/** Integer kernels choose their scales by what a call computes, so that one call and many differ by themselves. */
const quantizedLimit = 0.1;

/** INVALID where text that goes on from the cache is another than the one that a single pass gives; see decode. */
export function judgeCache(
  { decode }: Pick<Measurement, 'decode'>,
  { weightPrecision }: { weightPrecision: Readonly<Record<string, number>> },
): Finding | null {
  const check = decode?.cacheCheck;
  if (check == null) return null;
  const isFloat = (weightPrecision.float32 ?? 0) + (weightPrecision.float16 ?? 0) > 0.99;
  const { maxRelativeError } = check;
  if (maxRelativeError !== null && maxRelativeError <= (isFloat ? differenceLimit : quantizedLimit)) return null;
  const reason =
    maxRelativeError === null
      ? 'Scores of the model are not finite, so whether its cache carries what it should could not be told.'
      : `With its cache the model scores the next token differently than in one pass without it: by ${(maxRelativeError * 100).toPrecision(2)} % of the largest score.`;
  return {
    code: 'CACHE_DIFFERS',
    severity: isFloat ? 'invalid' : 'remark',
    reason,
    remedy: isFloat
      ? 'Check the exported model: its positions, masks and cache do not go together.'
      : 'Compare the quality of this variant with that of the original.',
  };
}
