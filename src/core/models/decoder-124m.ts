import { structuredTokens } from './building/calibration-inputs.ts';
import type { GraphTensor, ReferenceInput, ReferenceOutput } from './building/define-reference-model.ts';
import { defineReferenceModel } from './building/define-reference-model.ts';
import type { Layers } from './building/layers.ts';
import { layerNormalization, linear, table } from './building/layers.ts';
import { attend, causalMask, feedForward, geluTanh, splitHeads } from './building/transformer.ts';

const VOCABULARY = 50_257;
const POSITIONS = 1024;
const HIDDEN = 768;
const HEADS = 12;
const HEAD_SIZE = HIDDEN / HEADS;
const FEED_FORWARD = 3072;
const LAYERS = 12;
const EPSILON = 1e-5;
/** GPT-2 scales residual branches by 1/√(number of branches), so that depth does not inflate the sum. */
const BRANCH_GAIN = 1 / Math.sqrt(2 * LAYERS);
/** About what the published token table has; together with the last normalization it gives logits a usual spread. */
const EMBEDDING_DEVIATION = 0.14;
const SEQUENCES = 16;
const LENGTH = 128;
const INDICES = Array.from({ length: LAYERS }, (_, index) => index);

/**
 * GPT-2 small in operators of opset 17. One graph serves both phases: reading a prompt (past = 0) and generating
 * (sequence = 1). Positions and the causal mask follow from the length of the cache. The token table is also the output
 * projection, as one initializer. Only the last position's logits are computed, since that is all that generation uses.
 */
export const decoder124m = defineReferenceModel({
  id: 'decoder-124m',
  title: 'Decoder 124M (GPT-2 small)',
  task: 'text-generation',
  source: 'Radford et al., "Language Models are Unsupervised Multitask Learners", 2019',
  inputs: [
    {
      name: 'input_ids',
      type: 'int64',
      dims: ['batch', 'sequence'],
      description: 'Token ids; past and sequence together at most 1,024 positions',
      content: { kind: 'token-ids', vocabulary: VOCABULARY },
    },
    ...INDICES.flatMap((index) => [pastInput(index, 'key'), pastInput(index, 'value')]),
  ],
  outputs: [
    { name: 'logits', dims: ['batch', VOCABULARY], description: 'Score of each token to follow the last position' },
    ...INDICES.flatMap((index) => [presentOutput(index, 'key'), presentOutput(index, 'value')]),
  ],
  expected: {
    parameters: 124_439_808,
    macs: 123.5e6 + 2 * LAYERS * HIDDEN * 129,
    macsDims: { batch: 1, sequence: 1, past: 128 },
    source:
      'parameters of the published gpt2 checkpoint; per generated token one MAC for each weight of a linear layer and of the output projection (Kaplan et al., "Scaling Laws for Neural Language Models", 2020, table 1), plus attention over 129 positions',
  },
  defaultDims: { batch: 1, sequence: 1, past: 128 },
  weights: {
    kind: 'seeded',
    recipe: 1,
    buildGraph(layers) {
      const { graph } = layers;
      const tokens = table(layers, 'wte.weight', [VOCABULARY, HIDDEN], EMBEDDING_DEVIATION);
      const positions = table(layers, 'wpe.weight', [POSITIONS, HIDDEN], EMBEDDING_DEVIATION / 4);
      const { own, all } = positionVectors(layers);
      const mask = causalMask(graph, own, all);
      const embedded = graph.node('Gather', [tokens, 'input_ids'], { scope: 'wte' });
      let hidden = graph.node('Add', [embedded, graph.node('Gather', [positions, own], { scope: 'wpe' })], {
        scope: 'wpe',
      });
      const presents: Record<string, string> = {};
      for (const index of INDICES) {
        const block = decoderBlock(layers, index, hidden, mask);
        hidden = block.output;
        presents[`present.${index}.key`] = block.key;
        presents[`present.${index}.value`] = block.value;
      }
      const last = layerNormalization(layers, 'ln_f', hidden, { features: HIDDEN, epsilon: EPSILON, centred: true });
      const attributes = { axis: { int: 1 } };
      const state = graph.node('Gather', [last, graph.integers(-1)], { attributes, scope: 'lm_head' });
      const logits = graph.node('Gemm', [state, tokens], { attributes: { transB: { int: 1 } }, scope: 'lm_head' });
      return { logits, ...presents };
    },
    calibrationInputs: (seed) => ({
      input_ids: structuredTokens(seed, SEQUENCES, LENGTH, VOCABULARY),
      ...Object.fromEntries(INDICES.flatMap((index) => [emptyPast(index, 'key'), emptyPast(index, 'value')])),
    }),
  },
});

type CachePart = 'key' | 'value';

function pastInput(index: number, part: CachePart): ReferenceInput {
  return {
    name: `past_key_values.${index}.${part}`,
    type: 'float32',
    dims: ['batch', HEADS, 'past', HEAD_SIZE],
    description: `Cached ${part}s of layer ${index}; past may be 0`,
    content: { kind: 'key-value-cache' },
  };
}

function presentOutput(index: number, part: CachePart): ReferenceOutput {
  return {
    name: `present.${index}.${part}`,
    dims: ['batch', HEADS, 'past + sequence', HEAD_SIZE],
    description: `Cache of layer ${index} for the next token`,
  };
}

function emptyPast(index: number, part: CachePart): [string, GraphTensor] {
  const dims = [SEQUENCES, HEADS, 0, HEAD_SIZE];
  return [`past_key_values.${index}.${part}`, { type: 'float32', dims, data: new Float32Array() }];
}

/** Positions of the tokens given, [past .. past + sequence), and of everything that can be attended to. */
function positionVectors({ graph }: Layers): { own: string; all: string } {
  const scope = 'positions';
  const sizeOf = (tensor: string, axis: number) =>
    graph.node('Gather', [graph.node('Shape', [tensor], { scope }), graph.integers(axis)], { scope });
  const past = sizeOf('past_key_values.0.key', 2);
  const total = graph.node('Add', [past, sizeOf('input_ids', 1)], { scope });
  const range = (from: string) => graph.node('Range', [from, total, graph.integers(1)], { scope });
  return { own: range(past), all: range(graph.integers(0)) };
}

function decoderBlock(layers: Layers, index: number, input: string, mask: string) {
  const { graph } = layers;
  const name = `h.${index}`;
  const scope = `${name}.attn`;
  const norm = { features: HIDDEN, epsilon: EPSILON };
  const first = layerNormalization(layers, `${name}.ln_1`, input, norm);
  const combined = linear(layers, `${name}.attn.c_attn`, first, { inputs: HIDDEN, outputs: 3 * HIDDEN });
  const [query, newKey, newValue] = graph
    .nodeWithOutputs('Split', [combined, graph.integers([HIDDEN, HIDDEN, HIDDEN])], 3, {
      attributes: { axis: { int: 2 } },
      scope,
    })
    .map((part) => splitHeads(graph, part, HEADS, HEAD_SIZE, scope)) as [string, string, string];
  const append = (part: CachePart, fresh: string) =>
    graph.node('Concat', [`past_key_values.${index}.${part}`, fresh], { attributes: { axis: { int: 2 } }, scope });
  const key = append('key', newKey);
  const value = append('value', newValue);
  const context = attend(graph, { query, key, value, mask, count: HEADS, size: HEAD_SIZE }, scope);
  const projection = { inputs: HIDDEN, outputs: HIDDEN, gain: BRANCH_GAIN };
  const middle = graph.node('Add', [input, linear(layers, `${name}.attn.c_proj`, context, projection)], {
    scope: name,
  });
  const second = layerNormalization(layers, `${name}.ln_2`, middle, norm);
  const names = [`${name}.mlp.c_fc`, `${name}.mlp.c_proj`] as const;
  const sizes = { features: HIDDEN, hidden: FEED_FORWARD, gain: BRANCH_GAIN };
  const wide = feedForward(layers, second, { names, ...sizes, activation: geluTanh });
  return { output: graph.node('Add', [middle, wide], { scope: name }), key, value };
}
