import type { ProfiledNode } from '../../../engine/protocol.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../onnx/read.ts';
import { allNodes, DEFAULT_DOMAIN, intAttribute, toDomain } from '../../onnx/walk.ts';
import type { OperatorClass } from './operator-class.ts';

/** What a model file says that decides which kernels can run, and what its products are worth. */
export interface GraphFacts {
  /** Version of the default operator set; 0 where the file states none. */
  opset: number;
  /** QuantizeLinear nodes for activations by the type that they write. */
  quantized: { uint8: number; int8: number };
  /** Nodes of these operators, which are seldom fast. */
  convInteger: number;
  /** QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear nodes. */
  conversions: number;
  /** MatMulNBits nodes by bits, and those of them that do not ask for integer activations. */
  blockProducts: { int4: number; int8: number; floatActivations: number };
  /** Entries that Inferometer's recipes leave, without their prefix. */
  origin: Readonly<Record<string, string>>;
}

/** Products of one side as they ran, by the number of multiply-accumulates of each. */
export interface ProductSizes {
  /** Nodes of integer and block products with a constant weight. */
  products: number;
  /** Those with fewer multiply-accumulates than pay for their conversions. */
  small: number;
  /** Largest number of rows that a MatMulNBits multiplies; null without one. */
  blockRows: number | null;
}

const originPrefix = 'inferometer.';
/** accuracy_level that lets MatMulNBits quantize its activations to 8 bits. */
const integerActivations = 4;
/** Dynamic products of 256 columns by 256 rows gained 1.2x at batch 1, those of 64 by 64 lost (own, 1.30, VNNI). */
const smallProductMacs = 1 << 16;

export function readGraphFacts({ model, graph }: LoadedModel): GraphFacts {
  const nodes = [...allNodes(model)];
  const count = (pattern: RegExp) => nodes.filter(({ opType }) => pattern.test(opType)).length;
  const quantizers = nodes.filter(({ opType }) => opType === 'QuantizeLinear');
  const signed = quantizers.filter((node) => isSigned(node, graph)).length;
  const blocks = nodes.filter(({ opType }) => opType === 'MatMulNBits');
  const bits = (wanted: number) => blocks.filter((node) => intAttribute(node, 'bits', 4) === wanted).length;
  return {
    opset: opsetOf(model),
    quantized: { uint8: quantizers.length - signed + count(/^DynamicQuantizeLinear$/), int8: signed },
    convInteger: count(/^ConvInteger$/),
    conversions: count(/^((Dynamic)?Quantize|Dequantize)Linear$/),
    blockProducts: {
      int4: bits(4),
      int8: bits(8),
      floatActivations: blocks.filter((node) => intAttribute(node, 'accuracy_level', 0) !== integerActivations).length,
    },
    origin: Object.fromEntries(
      model.metadataProps
        .filter(({ key }) => key.startsWith(originPrefix))
        .map(({ key, value }) => [key.slice(originPrefix.length), value]),
    ),
  };
}

function opsetOf(model: ModelProto): number {
  return Number(model.opsetImport.find(({ domain }) => toDomain(domain) === DEFAULT_DOMAIN)?.version ?? 0n);
}

/** Without a zero point the type is uint8. */
function isSigned(node: NodeProto, graph: GraphProto): boolean {
  const zeroPoint = graph.initializer.find(({ name }) => name === node.input[2]);
  if (zeroPoint !== undefined) return zeroPoint.dataType === DataType.INT8;
  return intAttribute(node, 'output_dtype', DataType.UINT8) === DataType.INT8;
}

/** Sizes of the products that ran on integers, from the weights of the optimized graph and the shapes of the profile. */
export function measureProducts(
  graph: GraphProto,
  matched: ReadonlyMap<NodeProto, ProfiledNode>,
  classOf: (node: NodeProto) => OperatorClass,
): ProductSizes {
  const weights = new Map(graph.initializer.map(({ name, dims }) => [name, dims.map(Number)]));
  const sizes: ProductSizes = { products: 0, small: 0, blockRows: null };
  for (const [node, profiled] of matched) {
    if (!['integer', 'weight-only'].includes(classOf(node))) continue;
    const size = sizeOf(node, profiled, weights);
    if (size === null) continue;
    sizes.products++;
    if (size.rows * size.weights < smallProductMacs) sizes.small++;
    if (node.opType === 'MatMulNBits') sizes.blockRows = Math.max(sizes.blockRows ?? 0, size.rows);
  }
  return sizes;
}

/** Weights of a product and how often each is used; null for operators without a weight of two or more dimensions. */
function sizeOf(node: NodeProto, { outputs }: ProfiledNode, weights: ReadonlyMap<string, readonly number[]>) {
  const outputElements = countElements(outputs[0]?.dims ?? []);
  if (node.opType === 'MatMulNBits') {
    const columns = intAttribute(node, 'N', 1);
    return { weights: columns * intAttribute(node, 'K', 1), rows: outputElements / columns };
  }
  const dims = node.input
    .map((name) => weights.get(name) ?? [])
    .filter(({ length }) => length >= 2)
    .toSorted((left, right) => countElements(right) - countElements(left))[0];
  if (dims === undefined) return null;
  const channels = node.opType.includes('Conv') ? dims[0]! : (outputs[0]?.dims.at(-1) ?? 1);
  return { weights: countElements(dims), rows: outputElements / channels };
}

function countElements(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}
