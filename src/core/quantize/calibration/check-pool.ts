import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import { modelInputs } from '../../onnx/inspect.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { neverVaries, withoutFeeds, wrongInputs } from './calibration-failures.ts';

/** Throws CALIBRATION_INVALID for a pool that a model cannot be fed with. */
export function checkPool(loaded: LoadedModel, pool: InputPool): void {
  if (pool.feeds < 1) throw withoutFeeds();
  const given = new Map(pool.tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, type, dims } of modelInputs(loaded)) {
    const tensor = given.get(name);
    if (tensor === undefined) throw wrongInputs(`there is nothing for the input "${name}"`, { input: name });
    if (tensor.type !== type) {
      throw wrongInputs(`the input "${name}" is ${type} and ${tensor.type} was given`, { input: name, type });
    }
    const fits =
      dims === null ||
      (dims.length === tensor.dims.length &&
        dims.every((dim, axis) => typeof dim !== 'number' || dim === tensor.dims[axis]));
    if (fits) continue;
    const [wanted, found] = [describe(dims), describe(tensor.dims)];
    throw wrongInputs(`the input "${name}" has the shape ${wanted} and ${found} was given`, { input: name });
  }
}

function describe(dims: readonly (number | string)[]): string {
  return `[${dims.join(', ')}]`;
}

/**
 * Throws CALIBRATION_INVALID where every float input of a model, as far as it was looked at, has one value only, or
 * where everything in the model has.
 */
export function checkVaries(loaded: LoadedModel, ranges: ReadonlyMap<string, ValueRange>): void {
  const isConstant = ({ low, high }: ValueRange): boolean => low === high;
  const inputs = modelInputs(loaded).flatMap(({ name }) => (ranges.has(name) ? [name] : []));
  const looked = inputs.length > 0 ? inputs : [...ranges.keys()];
  const constant = looked.filter((name) => isConstant(ranges.get(name) ?? { low: 0, high: 1 }));
  if (looked.length > 0 && constant.length === looked.length) throw neverVaries(constant.slice(0, 3));
}
