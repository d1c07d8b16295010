import { InferometerError } from '../../../shared/errors.ts';
import type { TensorProto } from '../../onnx/gen/onnx_pb.js';
import type { EditableGraph } from '../graph/editable-graph.ts';
import type { MatrixProduct } from './matrix-product.ts';

/**
 * The weight of a product as row-major [rows, columns], valid until the next one is read. Throws
 * MODEL_WEIGHTS_NOT_FINITE.
 */
export function readMatrix(
  graph: EditableGraph,
  { weight, transposed, rows, columns }: MatrixProduct,
): Float32Array<ArrayBuffer> {
  const values = graph.readFloats(weight);
  checkFinite(values, weight);
  return transposed ? transpose(values, columns, rows) : values;
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

/** Tile by tile, so that neither side is walked across the whole memory. */
const tile = 32;

/** Turns row-major [rows, columns] into row-major [columns, rows]. */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(values.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let start = 0; start < columns; start += tile) {
      const end = Math.min(columns, start + tile);
      for (let row = top; row < bottom; row += 1) {
        for (let column = start; column < end; column += 1)
          result[column * rows + row] = values[row * columns + column]!;
      }
    }
  }
  return result;
}
