import type { ReferenceInput, ReferenceOutput } from './define-reference-model.ts';
import type { Layers } from './layers.ts';
import { layerNormalization, linear, table } from './layers.ts';
import { attend, causalMask, feedForward, geluTanh, splitHeads } from './transformer.ts';

export interface DecoderSizes {
  vocabulary: number;
  positions: number;
  hidden: number;
  heads: number;
  layers: number;
}

const EPSILON = 1e-5;
/** About what the published token table has; together with the last normalization it gives logits a usual spread. */
const EMBEDDING_DEVIATION = 0.14;

type CachePart = 'key' | 'value';

/**
 * A decoder as in GPT-2, in operators of opset 17. One graph serves both phases: reading a prompt (past = 0) and
 * generating (sequence = 1). Positions and the causal mask follow from the length of the cache. The token table is also
 * the output projection, as one initializer. Only the last position's logits are computed: generation uses no others.
 */
export function decoderGraph(layers: Layers, sizes: DecoderSizes): Record<string, string> {
  const { graph } = layers;
  const { vocabulary, positions, hidden } = sizes;
  const tokens = table(layers, 'wte.weight', [vocabulary, hidden], EMBEDDING_DEVIATION);
  const places = table(layers, 'wpe.weight', [positions, hidden], EMBEDDING_DEVIATION / 4);
  const { own, all } = positionVectors(layers);
  const mask = causalMask(graph, own, all);
  const embedded = graph.node('Gather', [tokens, 'input_ids'], { scope: 'wte' });
  const placed = graph.node('Gather', [places, own], { scope: 'wpe' });
  let current = graph.node('Add', [embedded, placed], { scope: 'wpe' });
  const presents: Record<string, string> = {};
  for (let index = 0; index < sizes.layers; index++) {
    const block = decoderBlock(layers, sizes, index, current, mask);
    current = block.output;
    presents[presentName(index, 'key')] = block.key;
    presents[presentName(index, 'value')] = block.value;
  }
  const norm = { features: hidden, epsilon: EPSILON, centred: true };
  const last = layerNormalization(layers, 'ln_f', current, norm);
  const scope = 'lm_head';
  const state = graph.node('Gather', [last, graph.integers(-1)], { attributes: { axis: { int: 1 } }, scope });
  const logits = graph.node('Gemm', [state, tokens], { attributes: { transB: { int: 1 } }, scope });
  return { logits, ...presents };
}

/** Token ids, then the keys and values of every layer: [batch, heads, past, size of a head]. */
export function decoderInputs({ vocabulary, positions, hidden, heads, layers }: DecoderSizes): ReferenceInput[] {
  const caches = cacheParts(layers).map(([index, part]): ReferenceInput => ({
    name: pastName(index, part),
    type: 'float32',
    dims: ['batch', heads, 'past', hidden / heads],
    description: `Cached ${part}s of layer ${index}; past may be 0`,
    content: { kind: 'cache' },
  }));
  const ids: ReferenceInput = {
    name: 'input_ids',
    type: 'int64',
    dims: ['batch', 'sequence'],
    description: `Token ids; past and sequence together at most ${positions} positions`,
    content: { kind: 'tokens', vocabulary },
  };
  return [ids, ...caches];
}

/** Logits, then the keys and values to pass in with the next token. */
export function decoderOutputs({ vocabulary, hidden, heads, layers }: DecoderSizes): ReferenceOutput[] {
  const logits = {
    name: 'logits',
    dims: ['batch', vocabulary],
    description: 'Score of each token to follow the last position',
  };
  const caches = cacheParts(layers).map(([index, part]) => ({
    name: presentName(index, part),
    dims: ['batch', heads, 'past + sequence', hidden / heads],
    description: `${part === 'key' ? 'Keys' : 'Values'} of layer ${index} for the next token`,
  }));
  return [logits, ...caches];
}

function cacheParts(layers: number): [number, CachePart][] {
  return Array.from({ length: layers * 2 }, (_, index) => [Math.floor(index / 2), index % 2 === 0 ? 'key' : 'value']);
}

function pastName(index: number, part: CachePart): string {
  return `past_key_values.${index}.${part}`;
}

function presentName(index: number, part: CachePart): string {
  return `present.${index}.${part}`;
}

/** Positions of the tokens given, [past .. past + sequence), and of everything that can be attended to. */
function positionVectors({ graph }: Layers): { own: string; all: string } {
  const scope = 'positions';
  const sizeOf = (tensor: string, axis: number) =>
    graph.node('Gather', [graph.node('Shape', [tensor], { scope }), graph.integers(axis)], { scope });
  const past = sizeOf(pastName(0, 'key'), 2);
  const total = graph.node('Add', [past, sizeOf('input_ids', 1)], { scope });
  const range = (from: string) => graph.node('Range', [from, total, graph.integers(1)], { scope });
  return { own: range(past), all: range(graph.integers(0)) };
}

function decoderBlock(layers: Layers, sizes: DecoderSizes, index: number, input: string, mask: string) {
  const { graph } = layers;
  const { hidden, heads } = sizes;
  const size = hidden / heads;
  // GPT-2 scales residual branches by the number of them, so that depth does not inflate their sum.
  const gain = 1 / Math.sqrt(2 * sizes.layers);
  const name = `h.${index}`;
  const scope = `${name}.attn`;
  const norm = { features: hidden, epsilon: EPSILON };
  const first = layerNormalization(layers, `${name}.ln_1`, input, norm);
  const combined = linear(layers, `${name}.attn.c_attn`, first, { inputs: hidden, outputs: 3 * hidden });
  const [query, newKey, newValue] = graph
    .nodeWithOutputs('Split', [combined, graph.integers([hidden, hidden, hidden])], 3, {
      attributes: { axis: { int: 2 } },
      scope,
    })
    .map((part) => splitHeads(graph, part, heads, size, scope)) as [string, string, string];
  const append = (part: CachePart, fresh: string) =>
    graph.node('Concat', [pastName(index, part), fresh], { attributes: { axis: { int: 2 } }, scope });
  const key = append('key', newKey);
  const value = append('value', newValue);
  const context = attend(graph, { query, key, value, mask, count: heads, size }, scope);
  const projection = { inputs: hidden, outputs: hidden, gain };
  const middle = graph.node('Add', [input, linear(layers, `${name}.attn.c_proj`, context, projection)], {
    scope: name,
  });
  const second = layerNormalization(layers, `${name}.ln_2`, middle, norm);
  const names = [`${name}.mlp.c_fc`, `${name}.mlp.c_proj`] as const;
  const widths = { features: hidden, hidden: 4 * hidden, gain };
  const wide = feedForward(layers, second, { names, ...widths, activation: geluTanh });
  return { output: graph.node('Add', [middle, wide], { scope: name }), key, value };
}
