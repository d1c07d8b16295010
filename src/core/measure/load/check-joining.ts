import type { TensorInfo } from '../../../shared/domain/model.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { BatchDimension } from '../../onnx/dims.ts';

/**
 * Throws DIMENSION_MISMATCH where queries cannot share a call: inputs are put together along their leading dimension,
 * which has to be the batch of each, and nowhere else.
 */
export function refuseUnjoinable(inputs: readonly TensorInfo[], batch: BatchDimension): void {
  if (batch.kind !== 'symbol') {
    throw new InferometerError({
      code: 'DIMENSION_MISMATCH',
      message:
        batch.kind === 'fixed'
          ? `Queries cannot share a call: the model fixes its batch at ${batch.size}.`
          : 'Queries cannot share a call: no input of the model has a dimension that is known to be the batch.',
      remedy: 'Leave --max-batch out, or export the model with a leading dimension named "batch".',
    });
  }
  const { name } = batch;
  const other = inputs.find(
    ({ name: input, dims }) => leadOf(input, dims) !== name || (dims ?? []).slice(1).some((dim) => mentions(dim, name)),
  );
  if (other === undefined) return;
  throw new InferometerError({
    code: 'DIMENSION_MISMATCH',
    message: `Queries cannot share a call: the batch "${name}" is not the leading dimension alone of the input "${other.name}".`,
    remedy: 'Leave --max-batch out, or export the model so that every input leads with the batch.',
    data: { input: other.name },
  });
}

/** The leading dimension of an input, which is named after its place where the model gives it no name. */
function leadOf(input: string, dims: TensorInfo['dims']): number | string | undefined {
  const lead = dims?.[0];
  return lead === '?' ? `${input}:0` : lead;
}

function mentions(dim: number | string, name: string): boolean {
  return typeof dim === 'string' && dim.split(/[^\w.]+/).includes(name);
}
