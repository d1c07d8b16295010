import type { NodeReport } from '../../../shared/domain/quantization.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import type { RecipeSubject } from '../recipe/define-recipe.ts';
import { changed, left, leftExcluded, leftInside } from '../recipe/node-reports.ts';
import { toMatrixProduct, type MatrixProduct } from './matrix-product.ts';

/** Nodes that compute a product with a quantized weight and give its result the name `output`. */
export type EmitProduct = (product: MatrixProduct, output: string) => NodeProto[];

const products = new Set(['MatMul', 'Gemm']);

/** Operators with weights that these recipes leave, and why. */
const leftOperators: Readonly<Record<string, [reason: 'slower-quantized' | 'not-supported', message: string]>> = {
  Conv: [
    'slower-quantized',
    'A convolution quantized while it runs is slower than in float32; static quantization is for it.',
  ],
  ConvTranspose: ['not-supported', 'There is no such form of transposed convolutions.'],
  Gather: ['slower-quantized', 'An embedding only looks rows up: a smaller type saves space but no time.'],
  LSTM: ['not-supported', 'Recurrent layers are left in float32.'],
  GRU: ['not-supported', 'Recurrent layers are left in float32.'],
  RNN: ['not-supported', 'Recurrent layers are left in float32.'],
  'com.microsoft:Attention': ['not-supported', 'A fused attention is left in float32.'],
};

/** Replaces every MatMul and Gemm with a constant weight; a bias is added after the product. */
export function replaceProducts({ graph, isExcluded }: RecipeSubject, emit: EmitProduct): NodeReport[] {
  const reports = graph.graph.node.flatMap((node): NodeReport[] => {
    const operator = toOperatorName(node);
    if (!products.has(operator))
      return reportOther(node, graph.constant(node.input[operator === 'Gather' ? 0 : 1] ?? '') !== undefined);
    if (isExcluded(node)) return [leftExcluded(node)];
    const product = toMatrixProduct(graph, node);
    if ('outcome' in product) return [product];
    const [output = ''] = node.output;
    const { bias } = product;
    const result = bias === null ? output : graph.freeName(`${output}_MatMul`);
    const nodes = emit(product, result);
    if (bias !== null) {
      nodes.push(
        graph.createNode({
          operator: 'Add',
          stem: node.name === '' ? '' : `${node.name}_Add`,
          inputs: [result, bias],
          outputs: [output],
        }),
      );
    }
    graph.replace(node, nodes);
    return [changed(node, nodes.map(toOperatorName))];
  });
  return [...reports, ...leftInside(graph.model, products)];
}

function reportOther(node: NodeProto, hasWeight: boolean): NodeReport[] {
  const why = leftOperators[toOperatorName(node)];
  return why === undefined || !hasWeight ? [] : [left(node, ...why)];
}
