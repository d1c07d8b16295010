import { z } from 'zod';
import type { NodeReport } from '../../../shared/domain/quantization.ts';
import { DataType } from '../../onnx/element-types.ts';
import { intAttributeOf } from '../graph/attributes.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { toBlockWeights, type BlockFormat } from '../numerics/block-weights.ts';
import type { RecipeSubject } from '../recipe/define-recipe.ts';
import { weightKey, type MatrixProduct } from './matrix-product.ts';
import { readMatrix } from './read-matrix.ts';
import { replaceProducts } from './replace-products.ts';

/** Parameters of the recipes that store weights in blocks and compute with them directly. */
export const blockParametersSchema = z.strictObject({
  /** Rows of a weight that share a scale: 32 is more exact, 128 smaller and faster. */
  blockSize: z.union([z.literal(32), z.literal(128)]).default(32),
  /** False: each block has a zero point, which is more exact and a little larger. */
  symmetric: z.boolean().default(true),
  /** How ONNX Runtime may compute: 0 its choice, 1 float32, 2 float16, 3 bfloat16, 4 with activations as int8. */
  accuracyLevel: z.number().int().min(0).max(4).default(4),
});

type BlockOptions = z.output<typeof blockParametersSchema> & Pick<BlockFormat, 'bits'>;

/** Replaces every product with a constant weight by MatMulNBits. */
export function replaceWithBlocks(subject: RecipeSubject, options: BlockOptions): NodeReport[] {
  const { graph } = subject;
  const { bits, blockSize, accuracyLevel } = options;
  const weights = new Map<string, string[]>();
  return replaceProducts(subject, (product, output) => {
    const key = weightKey(product);
    const weight = weights.get(key) ?? addWeight(graph, product, options);
    weights.set(key, weight);
    const { node, input, rows, columns } = product;
    const attributes = { K: rows, N: columns, bits, block_size: blockSize };
    return [
      graph.createNode({
        operator: 'MatMulNBits',
        domain: 'com.microsoft',
        stem: node.name === '' ? '' : `${node.name}_Q${bits}`,
        inputs: [input, ...weight],
        outputs: [output],
        attributes: Object.entries(
          // Left out where it says nothing, because few execution providers know it.
          accuracyLevel === 0 ? attributes : { ...attributes, accuracy_level: accuracyLevel },
        ).map(([name, value]) => intAttributeOf(name, value)),
      }),
    ];
  });
}

/** Names of the packed weight, its scales and, unless they are in the middle, its zero points. */
function addWeight(graph: EditableGraph, product: MatrixProduct, format: BlockFormat): string[] {
  const { weight, rows, columns } = product;
  const { bits, blockSize, symmetric } = format;
  const blocks = Math.ceil(rows / blockSize);
  const tensors = [
    {
      stem: `${weight.name}_Q${bits}`,
      dataType: DataType.UINT8,
      dims: [columns, blocks, (blockSize * bits) / 8],
    },
    { stem: `${weight.name}_scales`, dataType: DataType.FLOAT, dims: [columns, blocks] },
    {
      stem: `${weight.name}_zero_points`,
      dataType: DataType.UINT8,
      dims: [columns, Math.ceil((blocks * bits) / 8)],
    },
  ];
  return graph.addComputed(symmetric ? tensors.slice(0, 2) : tensors, () => {
    const { packed, scales, zeroPoints } = toBlockWeights(readMatrix(graph, product), { rows, columns }, format);
    return [packed, new Uint8Array(scales.buffer), ...(zeroPoints === null ? [] : [zeroPoints])];
  });
}
