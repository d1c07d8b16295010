import type { EditableGraph } from '../graph/editable-graph.ts';
import { readFinite } from '../graph/read-finite.ts';
import type { MatrixProduct } from './matrix-product.ts';

/**
 * The weight of a product as row-major [rows, columns], valid until the next one is read. Throws
 * MODEL_WEIGHTS_NOT_FINITE.
 */
export function readMatrix(
  graph: EditableGraph,
  { weight, transposed, rows, columns }: MatrixProduct,
): Float32Array<ArrayBuffer> {
  const values = readFinite(graph, weight);
  return transposed ? transpose(values, columns, rows) : values;
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
