import type { ElementType } from '../../../shared/domain/model.ts';

/** How the tensor of one feed divides into samples, and each of these into rows of scores. */
export interface OutputShape {
  /** Samples of one feed: the batch where the tensor leads with it, else the feed is one sample. */
  samples: number;
  /** Elements of one sample. */
  elements: number;
  /** Scores in one row; null where the output does not hold scores. */
  classes: number | null;
}

const floatTypes: ReadonlySet<ElementType> = new Set<ElementType>(['float32', 'float16', 'bfloat16', 'float64']);
/** Names of feature vectors, whose largest element means nothing. */
const featureName = /hidden|pool|embed|feature|state|encod|present|past|cache|box|mask/i;
/** With more than two dimensions only a name tells scores from features. */
const scoreName = /logit|score|prob|softmax|class|pred/i;

/**
 * Reads an output's shape. Scores are floats with at least two of them along the last axis: in [sample, class] unless
 * the name says that they are features, in [sample, position, class] only where the name says that they are scores.
 */
export function readOutputShape(name: string, type: ElementType, dims: readonly number[], batch: number): OutputShape {
  const samples = dims.length > 0 && dims[0] === batch ? batch : 1;
  const count = dims.reduce((size, dim) => size * dim, 1);
  const classes = dims.at(-1) ?? 1;
  const leads = dims.length >= 2 && dims[0] === batch;
  const named =
    dims.length === 2 ? !featureName.test(name) || scoreName.test(name) : dims.length === 3 && scoreName.test(name);
  const isScores = floatTypes.has(type) && leads && named && classes >= 2;
  return { samples, elements: count / samples, classes: isScores ? classes : null };
}
