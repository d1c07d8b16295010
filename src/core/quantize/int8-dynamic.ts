import { z } from 'zod';
import { DataType } from '../onnx/element-types.ts';
import { intAttributeOf } from './graph/attributes.ts';
import type { EditableGraph } from './graph/editable-graph.ts';
import { quantizeMatrix } from './numerics/quantize-matrix.ts';
import { weightKey, type MatrixProduct } from './products/matrix-product.ts';
import { readMatrix } from './products/read-matrix.ts';
import { replaceProducts } from './products/replace-products.ts';
import { defineRecipe } from './recipe/define-recipe.ts';

const parametersSchema = z.strictObject({
  /** A scale for each column of a weight instead of one for all. Costs no time and lowers the error. */
  perChannel: z.boolean().default(true),
  /** Weights within 7 bits, for processors whose sums of products saturate; doubles the error. */
  reduceRange: z.union([z.literal('auto'), z.boolean()]).default('auto'),
});

/** Names of a quantized tensor with its parameters. */
interface Quantized {
  values: string;
  scale: string;
  zeroPoint: string;
}

/**
 * Weights int8 and symmetric; activations uint8, their range found at each run. The form is the one that ONNX Runtime
 * fuses into DynamicQuantizeMatMul, or MatMulIntegerToFloat where several products share an input.
 */
export const int8Dynamic = defineRecipe({
  id: 'int8-dynamic',
  name: 'INT8 dynamic',
  summary: 'For transformers and other models of matrix products on CPUs: 8-bit weights, no calibration.',
  parameters: parametersSchema,
  // DynamicQuantizeLinear came with it.
  oldestOpset: 11,
  async resolve(parameters, machine) {
    const { reduceRange } = parameters;
    return { ...parameters, reduceRange: reduceRange === 'auto' ? await machine.saturates() : reduceRange };
  },
  apply(subject, parameters) {
    const { graph } = subject;
    const inputs = new Map<string, Quantized>();
    const weights = new Map<string, Quantized>();
    return replaceProducts(subject, (product, output) => {
      const { node, input } = product;
      const weight = remember(weights, weightKey(product), () => addWeight(graph, product, parameters));
      const nodes: ReturnType<EditableGraph['createNode']>[] = [];
      const activation = remember(inputs, input, () => {
        const names = namesFor(graph, input);
        nodes.push(
          graph.createNode({
            operator: 'DynamicQuantizeLinear',
            stem: `${input}_QuantizeLinear`,
            inputs: [input],
            outputs: [names.values, names.scale, names.zeroPoint],
          }),
        );
        return names;
      });
      const stem = node.name === '' ? '' : `${node.name}_quant`;
      const sums = graph.freeName(`${output}_output_quantized`);
      const floats = graph.freeName(`${sums}_cast_output`);
      const scales = graph.freeName(`${output}_scales_mul`);
      const named = (suffix: string): string => (stem === '' ? '' : `${stem}${suffix}`);
      nodes.push(
        graph.createNode({
          operator: 'MatMulInteger',
          stem,
          inputs: [activation.values, weight.values, activation.zeroPoint, weight.zeroPoint],
          outputs: [sums],
        }),
        graph.createNode({
          operator: 'Cast',
          stem: named('_cast'),
          inputs: [sums],
          outputs: [floats],
          attributes: [intAttributeOf('to', DataType.FLOAT)],
        }),
        graph.createNode({
          operator: 'Mul',
          stem: named('_scales_mul'),
          inputs: [activation.scale, weight.scale],
          outputs: [scales],
        }),
        graph.createNode({
          operator: 'Mul',
          stem: named('_output_scale_mul'),
          inputs: [floats, scales],
          outputs: [output],
        }),
      );
      return nodes;
    });
  },
});

function addWeight(
  graph: EditableGraph,
  product: MatrixProduct,
  options: z.output<typeof parametersSchema>,
): Quantized {
  const { weight, rows, columns } = product;
  const channels = options.perChannel ? [columns] : [];
  const [values = '', scale = '', zeroPoint = ''] = graph.addComputed(
    [
      { stem: `${weight.name}_quantized`, dataType: DataType.INT8, dims: [rows, columns] },
      { stem: `${weight.name}_scale`, dataType: DataType.FLOAT, dims: channels },
      { stem: `${weight.name}_zero_point`, dataType: DataType.INT8, dims: channels },
    ],
    () => {
      const { perChannel, reduceRange } = options;
      const form = { perChannel, reduceRange: reduceRange === true };
      const quantized = quantizeMatrix(readMatrix(graph, product), columns, form);
      return [
        new Uint8Array(quantized.values.buffer),
        new Uint8Array(quantized.scales.buffer),
        new Uint8Array(quantized.scales.length),
      ];
    },
  );
  return { values, scale, zeroPoint };
}

function namesFor(graph: EditableGraph, tensor: string): Quantized {
  return {
    values: graph.freeName(`${tensor}_quantized`),
    scale: graph.freeName(`${tensor}_scale`),
    zeroPoint: graph.freeName(`${tensor}_zero_point`),
  };
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
