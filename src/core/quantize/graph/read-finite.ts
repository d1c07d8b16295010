import { InferometerError } from '../../../shared/errors.ts';
import type { TensorProto } from '../../onnx/gen/onnx_pb.js';
import type { EditableGraph } from './editable-graph.ts';

/** float32 elements of a constant, valid until the next are read. Throws MODEL_WEIGHTS_NOT_FINITE. */
export function readFinite(graph: EditableGraph, tensor: TensorProto): Float32Array<ArrayBuffer> {
  const values = graph.readFloats(tensor);
  checkFinite(values, tensor);
  return values;
}

/** No scale represents infinity, and one NaN would make a whole channel meaningless. */
function checkFinite(values: Float32Array, tensor: TensorProto): void {
  let marker = 0;
  // By index: an iterator takes ten times as long, and weights are all that takes time here.
  for (let index = values.length; index > 0; index -= 1) marker += values[index - 1]! * 0;
  if (marker === 0) return;
  throw new InferometerError({
    code: 'MODEL_WEIGHTS_NOT_FINITE',
    message: `The weight "${tensor.name}" contains NaN or infinity, so it cannot be quantized.`,
    remedy: 'Export the model again from weights that are finite, or exclude the nodes that use this weight.',
    data: { tensor: tensor.name },
  });
}
