import type { Layers } from './layers.ts';
import { layerNormalization, linear, table } from './layers.ts';
import { attend, feedForward, gelu, splitHeads } from './transformer.ts';

export const HIDDEN = 768;
const HEADS = 12;
const HEAD_SIZE = HIDDEN / HEADS;
const FEED_FORWARD = 3072;
const POSITIONS = 512;
const EPSILON = 1e-12;
/** Deviation of the position table against 1 for tokens: content must outweigh position, as it does when trained. */
const POSITION_DEVIATION = 0.3;

/** Names of the parts of one encoder layer, which differ between checkpoints of the same architecture. */
export interface EncoderNames {
  query: string;
  key: string;
  value: string;
  attentionOutput: string;
  attentionNorm: string;
  feedForward: readonly [string, string];
  outputNorm: string;
}

/** Sum of token, position and, where given, token-type embeddings, normalised: [batch, sequence, 768]. */
export function bertEmbeddings(
  layers: Layers,
  name: string,
  { vocabulary, tokenTypes }: { vocabulary: number; tokenTypes?: { input: string; count: number } },
): string {
  const { graph } = layers;
  const scope = name;
  const tokens = table(layers, `${name}.word_embeddings.weight`, [vocabulary, HIDDEN], 1);
  const positions = table(layers, `${name}.position_embeddings.weight`, [POSITIONS, HIDDEN], POSITION_DEVIATION);
  let sum = graph.node('Gather', [tokens, 'input_ids'], { scope });
  if (tokenTypes) {
    const types = table(layers, `${name}.token_type_embeddings.weight`, [tokenTypes.count, HIDDEN], POSITION_DEVIATION);
    sum = graph.node('Add', [sum, graph.node('Gather', [types, tokenTypes.input], { scope })], { scope });
  }
  const shape = graph.node('Shape', ['input_ids'], { scope });
  const length = graph.node('Gather', [shape, graph.integers([1])], { scope });
  const used = graph.node('Slice', [positions, graph.integers([0]), length, graph.integers([0])], { scope });
  sum = graph.node('Add', [sum, used], { scope });
  return layerNormalization(layers, `${name}.LayerNorm`, sum, { features: HIDDEN, epsilon: EPSILON });
}

/** One post-normalization encoder layer. */
export function bertLayer(layers: Layers, names: EncoderNames, input: string, mask: string): string {
  const { graph } = layers;
  const square = { inputs: HIDDEN, outputs: HIDDEN };
  const head = (name: string) => splitHeads(graph, linear(layers, name, input, square), HEADS, HEAD_SIZE, name);
  const heads = {
    query: head(names.query),
    key: head(names.key),
    value: head(names.value),
    count: HEADS,
    size: HEAD_SIZE,
  };
  const context = attend(graph, { ...heads, mask }, names.attentionOutput);
  const attention = linear(layers, names.attentionOutput, context, { ...square, gain: 0.5 });
  const attended = graph.node('Add', [attention, input], { scope: names.attentionOutput });
  const norm = { features: HIDDEN, epsilon: EPSILON };
  const middle = layerNormalization(layers, names.attentionNorm, attended, norm);
  const sizes = { features: HIDDEN, hidden: FEED_FORWARD, gain: 0.5 };
  const wide = feedForward(layers, middle, { names: names.feedForward, ...sizes, activation: gelu });
  const sum = graph.node('Add', [wide, middle], { scope: names.feedForward[1] });
  return layerNormalization(layers, names.outputNorm, sum, norm);
}
