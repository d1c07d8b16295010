import type { TensorInfo } from '../../../../shared/domain/model.ts';
import { InferometerError } from '../../../../shared/errors.ts';
import { resolveRecordedBatch, type BatchDimension, type ModelTensors } from '../../../onnx/dims.ts';

/** How samples of a data set enter a model. */
export interface SampleBatch {
  dimension: BatchDimension;
  /** Samples in one feed. */
  size: number;
  /** Names of the inputs whose leading dimension is the batch. */
  inputs: ReadonlySet<string>;
}

/**
 * The batch dimension of a model for `wanted` samples in a feed, or for as many as it fixes where that is null. Samples
 * stand along the first axis of an array, so a leading dimension without a name is the batch.
 * Throws DIMENSION_MISMATCH where the model fixes another one.
 */
export function findSampleBatch(model: ModelTensors, wanted: number | null): SampleBatch {
  const size = wanted ?? 1;
  try {
    const tensors = model.inputs.map((input) => ({ name: input.name, dims: imagine(input, size) }));
    const dimension = resolveRecordedBatch(model, tensors, size);
    return { dimension, size, inputs: namesOf(model.inputs, dimension) };
  } catch (error) {
    const fixed = error instanceof InferometerError ? error.data?.fixed : undefined;
    if (wanted !== null || typeof fixed !== 'number' || fixed === size) throw error;
    return findSampleBatch(model, fixed);
  }
}

/** Dimensions of an input if every open one that may be the batch were it. */
function imagine({ dims }: TensorInfo, batch: number): number[] {
  if (dims === null) return [batch, 0];
  return dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return dim !== '?' || (axis === 0 && dims.length > 1) ? batch : 0;
  });
}

function namesOf(inputs: readonly TensorInfo[], dimension: BatchDimension): Set<string> {
  const leads = ({ name, dims }: TensorInfo): boolean => {
    if (dimension.kind === 'none') return false;
    if (dimension.kind === 'fixed') return dims !== null && dims.length > 1 && dims[0] === dimension.size;
    const isOpen = dims === null || (dims[0] === '?' && dims.length > 1);
    return isOpen || dims[0] === dimension.name || `${name}:0` === dimension.name;
  };
  return new Set(inputs.filter(leads).map(({ name }) => name));
}
