import type { NodeProto } from './gen/onnx_pb.js';
import { intAttribute, intsAttribute, stringAttribute, toOperatorName } from './walk.ts';

/** Operations of one execution of a node; the conventions are in docs/method/inspect.md. */
export interface OperationCount {
  macs: number;
  flops: number;
}

/** Concrete dimensions of a node's inputs and outputs; null where a tensor is absent or unknown. */
export interface NodeShapes {
  inputs: readonly (readonly number[] | null)[];
  outputs: readonly (readonly number[] | null)[];
}

type Counter = (node: NodeProto, shapes: NodeShapes) => OperationCount | null;

/** Domains of ONNX Runtime, those of its inner memory layouts included: nchwc on x64, nhwc elsewhere. */
const ownDomain = /^com\.(microsoft|ms)[\w.]*:/;

/** Counts the operations of a node, or null for an operator without a rule or with an unknown shape that it needs. */
export function countOperations(node: NodeProto, shapes: NodeShapes): OperationCount | null {
  const operator = toOperatorName(node);
  const counter = COUNTERS.get(operator) ?? COUNTERS.get(operator.replace(ownDomain, ''));
  const count = counter?.(node, shapes) ?? null;
  return count && Number.isFinite(count.macs) && Number.isFinite(count.flops) ? count : null;
}

export function product(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}

/** Two operations for each multiply-accumulate; a bias costs one addition for each element of the output. */
function fromMacs(macs: number, additions = 0): OperationCount {
  return { macs, flops: 2 * macs + additions };
}

/** Weights are [out, in / groups, ...kernel]: each output element takes one pass over the rest. */
function convolution(weight: number, bias: number): Counter {
  return (_, { inputs, outputs }) => {
    const kernel = inputs[weight];
    const output = outputs[0];
    if (!kernel || !output) return null;
    return fromMacs(product(output) * product(kernel.slice(1)), inputs[bias] ? product(output) : 0);
  };
}

/** Weights are [in, out / groups, ...kernel]: each input element is spread over the rest. */
const convTranspose: Counter = (_, { inputs, outputs }) => {
  const [input, kernel, bias] = inputs;
  if (!input || !kernel || !outputs[0]) return null;
  return fromMacs(product(input) * product(kernel.slice(1)), bias ? product(outputs[0]) : 0);
};

function matMul(bias: number | null): Counter {
  return (node, { inputs, outputs }) => {
    const left = inputs[0];
    const output = outputs[0];
    if (!left || !output) return null;
    const inner = intAttribute(node, 'transA', 0) === 1 ? left.at(-2) : left.at(-1);
    if (inner === undefined) return null;
    return fromMacs(product(output) * inner, bias !== null && inputs[bias] ? product(output) : 0);
  };
}

function recurrent(gates: number): Counter {
  return (_, { inputs }) => {
    const [input, weights, recurrence] = inputs;
    if (!input || !weights || !recurrence) return null;
    const [steps = 0, batch = 0, features = 0] = input;
    const [directions = 0, , hidden = 0] = recurrence;
    return fromMacs(directions * steps * batch * gates * hidden * (features + hidden));
  };
}

/** Scores and weighted sum over all `keys`; masks do not lower the count. */
function attentionMacs(batch: number, queries: number, keys: number, widthQuery: number, widthValue: number): number {
  return batch * queries * keys * (widthQuery + widthValue);
}

/** com.microsoft Attention: projects the input to query, key and value itself. */
const packedAttention: Counter = (node, { inputs }) => {
  const [input, weights, bias, , past] = inputs;
  if (!input || !weights) return null;
  const [batch = 0, queries = 0, width = 0] = input;
  const projected = weights[1] ?? 0;
  const sizes = intsAttribute(node, 'qkv_hidden_sizes') ?? [projected / 3, projected / 3, projected / 3];
  const keys = queries + (past?.[3] ?? 0);
  const macs = batch * queries * width * projected + attentionMacs(batch, queries, keys, sizes[0] ?? 0, sizes[2] ?? 0);
  return fromMacs(macs, bias ? batch * queries * projected : 0);
};

/** Rows and total width over all heads of [batch, rows, width] or [batch, heads, rows, size]. */
function headed(dims: readonly number[]) {
  return dims.length === 4
    ? { rows: dims[2] ?? 0, width: (dims[1] ?? 0) * (dims[3] ?? 0), heads: dims[1] ?? 0 }
    : { rows: dims[1] ?? 0, width: dims[2] ?? 0, heads: null };
}

function attention(pastKey: number): Counter {
  return (node, { inputs }) => {
    const [query, key, value] = inputs;
    if (!query || !key || !value || query.length < 3 || query.length > 4) return null;
    const { rows, width, heads } = headed(query);
    const queryHeads = heads ?? intAttribute(node, 'q_num_heads', intAttribute(node, 'num_heads', 0));
    const keyHeads = headed(key).heads ?? intAttribute(node, 'kv_num_heads', queryHeads);
    const keys = headed(key).rows + (inputs[pastKey]?.[2] ?? 0);
    const valueWidth = keyHeads > 0 ? (headed(value).width / keyHeads) * queryHeads : headed(value).width;
    return fromMacs(attentionMacs(query[0] ?? 0, rows, keys, width, valueWidth));
  };
}

/** The present key [batch, heads, keys, size] tells the length after this step, whatever form the query has. */
const groupQueryAttention: Counter = (node, { inputs, outputs }) => {
  const query = inputs[0];
  const present = outputs[1];
  if (!query || !present) return null;
  const width = intAttribute(node, 'num_heads', 0) * (present[3] ?? 0);
  return fromMacs(attentionMacs(query[0] ?? 0, query[1] ?? 0, present[2] ?? 0, width, width));
};

/** One multiply-accumulate for each combination of labels; only plain equations of two operands. */
const einsum: Counter = (node, { inputs }) => {
  const equation = stringAttribute(node, 'equation')?.replaceAll(' ', '') ?? '';
  const terms = equation.split('->')[0]?.split(',') ?? [];
  if (equation.includes('.') || terms.length !== 2 || inputs.length !== 2) return null;
  const sizes = new Map<string, number>();
  for (const [index, term] of terms.entries()) {
    const dims = inputs[index];
    if (dims?.length !== term.length) return null;
    dims.forEach((size, axis) => sizes.set(term.charAt(axis), size));
  }
  return fromMacs(product([...sizes.values()]));
};

function perOutput(operations: number): Counter {
  return (_, { outputs }) => (outputs[0] ? { macs: 0, flops: operations * product(outputs[0]) } : null);
}

function perInput(operations: number): Counter {
  return (_, { inputs }) => (inputs[0] ? { macs: 0, flops: operations * product(inputs[0]) } : null);
}

/** n inputs take n - 1 operations for each output element. */
const variadic: Counter = (node, { outputs }) =>
  outputs[0] ? { macs: 0, flops: Math.max(0, node.input.length - 1) * product(outputs[0]) } : null;

const pooling: Counter = (node, { outputs }) => {
  const kernel = intsAttribute(node, 'kernel_shape');
  return outputs[0] && kernel ? { macs: 0, flops: product(outputs[0]) * product(kernel) } : null;
};

const resize: Counter = (node) => ((stringAttribute(node, 'mode') ?? 'nearest') === 'nearest' ? NOTHING : null);

const NOTHING: OperationCount = { macs: 0, flops: 0 };

const COUNTERS = new Map<string, Counter>([
  ['Conv', convolution(1, 2)],
  ['FusedConv', convolution(1, 2)],
  ['ConvInteger', convolution(1, -1)],
  ['QLinearConv', convolution(3, 8)],
  ['ConvTranspose', convTranspose],
  ['MatMul', matMul(null)],
  ['FusedMatMul', matMul(null)],
  ['MatMulInteger', matMul(null)],
  ['QLinearMatMul', matMul(null)],
  ['MatMulIntegerToFloat', matMul(6)],
  ['DynamicQuantizeMatMul', matMul(4)],
  ['MatMulNBits', matMul(5)],
  ['Gemm', matMul(2)],
  ['FusedGemm', matMul(2)],
  ['QGemm', matMul(6)],
  ['Einsum', einsum],
  ['LSTM', recurrent(4)],
  ['GRU', recurrent(3)],
  ['RNN', recurrent(1)],
  ['Attention', attention(4)],
  ['com.microsoft:Attention', packedAttention],
  ['com.microsoft:MultiHeadAttention', attention(6)],
  ['com.microsoft:GroupQueryAttention', groupQueryAttention],
  ['MaxPool', pooling],
  ['AveragePool', pooling],
  ['LpPool', pooling],
  ['QLinearAveragePool', pooling],
  ['Resize', resize],
  ['Upsample', resize],
  ...each('Max Min Sum Mean', variadic),
  ...each('Add Sub Mul Div Pow Mod And Or Xor Not Equal Less LessOrEqual Greater GreaterOrEqual Where', perOutput(1)),
  ...each(
    'Neg Abs Sign Floor Ceil Round Sqrt Reciprocal Exp Log Erf Sin Cos Tan Asin Acos Atan Sinh Cosh',
    perOutput(1),
  ),
  ...each(
    'Relu LeakyRelu PRelu ThresholdedRelu Clip Tanh Sigmoid IsNaN IsInf CumSum QLinearAdd QLinearMul',
    perOutput(1),
  ),
  ...each('Swish QuickGelu DequantizeLinear BatchNormalization', perOutput(2)),
  ...each('HardSigmoid Softplus Softsign Elu QuantizeLinear RotaryEmbedding LpNormalization', perOutput(3)),
  ...each('HardSwish Selu Celu RMSNormalization SimplifiedLayerNormalization', perOutput(4)),
  ...each('Softmax LogSoftmax Gelu Mish DynamicQuantizeLinear SkipSimplifiedLayerNormalization', perOutput(5)),
  ...each('BiasGelu', perOutput(6)),
  ...each('LayerNormalization InstanceNormalization GroupNormalization', perOutput(7)),
  ...each('SkipLayerNormalization FastGelu', perOutput(8)),
  ...each('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ArgMax ArgMin', perInput(1)),
  ...each('GlobalAveragePool GlobalMaxPool QLinearGlobalAveragePool', perInput(1)),
  ...each('ReduceL2 ReduceSumSquare ReduceLogSum', perInput(2)),
  ...each('Constant ConstantOfShape Shape Size Identity Cast CastLike Dropout Range EyeLike NonZero', () => NOTHING),
  ...each('Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Concat Split Slice Pad Gather', () => NOTHING),
  ...each('GatherElements GatherND ScatterElements ScatterND OneHot Trilu DepthToSpace SpaceToDepth', () => NOTHING),
  ...each('GatherBlockQuantized QLinearConcat', () => NOTHING),
]);

function each(operators: string, counter: Counter): [string, Counter][] {
  return operators.split(' ').map((operator) => [operator, counter]);
}
