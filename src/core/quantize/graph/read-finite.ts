import { InferometerError } from '../../../shared/errors.ts';
import type { TensorProto } from '../../onnx/gen/onnx_pb.js';
import type { EditableGraph } from './editable-graph.ts';

type Floats = Float32Array<ArrayBuffer>;

/** float32 elements of a constant, valid until the next are read. Throws MODEL_WEIGHTS_NOT_FINITE. */
export function readFinite(graph: Pick<EditableGraph, 'readFloats'>, tensor: TensorProto): Floats {
  const values = graph.readFloats(tensor);
  let marker = 0;
  // By index: an iterator takes ten times as long, and weights are all that takes time here.
  for (let index = values.length; index > 0; index -= 1) marker += values[index - 1]! * 0;
  // No scale represents infinity, and one NaN would make a whole channel meaningless.
  if (marker !== 0) throw notFinite(tensor, 'NaN or infinity');
  return values;
}

/** The same for constants that may be infinite, as masks and bounds are, but not NaN. */
export function readNumbers(graph: Pick<EditableGraph, 'readFloats'>, tensor: TensorProto): Floats {
  const values = graph.readFloats(tensor);
  for (let index = values.length; index > 0; index -= 1) {
    if (Number.isNaN(values[index - 1])) throw notFinite(tensor, 'NaN');
  }
  return values;
}

function notFinite(tensor: TensorProto, what: string): InferometerError {
  return new InferometerError({
    code: 'MODEL_WEIGHTS_NOT_FINITE',
    message: `The weight "${tensor.name}" contains ${what}, so it cannot be quantized.`,
    remedy: 'Export the model again from weights that are finite, or exclude the nodes that use this weight.',
    data: { tensor: tensor.name },
  });
}
