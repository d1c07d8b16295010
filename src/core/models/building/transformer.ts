import type { GraphBuilder } from '../../onnx/build.ts';
import type { Layers } from './layers.ts';
import { linear } from './layers.ts';

/** Larger negative numbers would overflow to infinity in half precision once scores are added. */
const MASKED = -10_000;

/** An additive mask [batch, 1, 1, sequence] from a 1/0 mask [batch, sequence]: 0 where attended, -10,000 where not. */
export function paddingMask(graph: GraphBuilder, attentionMask: string): string {
  const scope = 'mask';
  const floats = graph.node('Cast', [attentionMask], { attributes: { to: { int: 1 } }, scope });
  const hidden = graph.node('Sub', [graph.floats(1), floats], { scope });
  const additive = graph.node('Mul', [hidden, graph.floats(MASKED)], { scope });
  return graph.node('Unsqueeze', [additive, graph.integers([1, 2])], { scope });
}

/**
 * An additive mask [queries, keys]: a query sees the keys up to its own position. `queryPositions` and `keyPositions`
 * are int64 vectors.
 */
export function causalMask(graph: GraphBuilder, queryPositions: string, keyPositions: string): string {
  const scope = 'mask';
  const rows = graph.node('Unsqueeze', [queryPositions, graph.integers([1])], { scope });
  const later = graph.node('Greater', [keyPositions, rows], { scope });
  return graph.node('Where', [later, graph.floats(MASKED), graph.floats(0)], { scope });
}

/** [batch, position, heads × size] to [batch, heads, position, size]. */
export function splitHeads(graph: GraphBuilder, input: string, heads: number, size: number, scope: string): string {
  const shaped = graph.node('Reshape', [input, graph.integers([0, 0, heads, size])], { scope });
  return graph.node('Transpose', [shaped], { attributes: { perm: { ints: [0, 2, 1, 3] } }, scope });
}

/** Scaled dot-product attention over heads: [batch, heads, position, size] each, to [batch, position, heads × size]. */
export function attend(
  graph: GraphBuilder,
  heads: { query: string; key: string; value: string; mask?: string; count: number; size: number },
  scope: string,
): string {
  const keys = graph.node('Transpose', [heads.key], { attributes: { perm: { ints: [0, 1, 3, 2] } }, scope });
  const product = graph.node('MatMul', [heads.query, keys], { scope });
  const scaled = graph.node('Div', [product, graph.floats(Math.sqrt(heads.size))], { scope });
  const scores = heads.mask === undefined ? scaled : graph.node('Add', [scaled, heads.mask], { scope });
  const weights = graph.node('Softmax', [scores], { attributes: { axis: { int: -1 } }, scope });
  const context = graph.node('MatMul', [weights, heads.value], { scope });
  const merged = graph.node('Transpose', [context], { attributes: { perm: { ints: [0, 2, 1, 3] } }, scope });
  return graph.node('Reshape', [merged, graph.integers([0, 0, heads.count * heads.size])], { scope });
}

export interface FeedForward {
  /** Names of the two linear layers. */
  names: readonly [string, string];
  features: number;
  hidden: number;
  gain: number;
  activation: (graph: GraphBuilder, input: string, scope: string) => string;
}

/** Two linear layers with the activation between them. */
export function feedForward(layers: Layers, input: string, options: FeedForward): string {
  const { names, features, hidden, gain, activation } = options;
  const wide = linear(layers, names[0], input, { inputs: features, outputs: hidden });
  const active = activation(layers.graph, wide, names[0]);
  return linear(layers, names[1], active, { inputs: hidden, outputs: features, gain });
}

/** x/2 · (1 + erf(x/√2)), written out because opset 17 has no Gelu; ONNX Runtime fuses this form. */
export function gelu(graph: GraphBuilder, input: string, scope: string): string {
  const scaled = graph.node('Div', [input, graph.floats(Math.SQRT2)], { scope });
  const shifted = graph.node('Add', [graph.node('Erf', [scaled], { scope }), graph.floats(1)], { scope });
  const product = graph.node('Mul', [input, shifted], { scope });
  return graph.node('Mul', [product, graph.floats(0.5)], { scope });
}

/** GPT-2's approximation: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). */
export function geluTanh(graph: GraphBuilder, input: string, scope: string): string {
  const half = graph.node('Mul', [input, graph.floats(0.5)], { scope });
  const cube = graph.node('Pow', [input, graph.floats(3)], { scope });
  const small = graph.node('Mul', [cube, graph.floats(0.044715)], { scope });
  const inner = graph.node('Add', [input, small], { scope });
  const scaled = graph.node('Mul', [inner, graph.floats(Math.sqrt(2 / Math.PI))], { scope });
  const shifted = graph.node('Add', [graph.node('Tanh', [scaled], { scope }), graph.floats(1)], { scope });
  return graph.node('Mul', [half, shifted], { scope });
}
