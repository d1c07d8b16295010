import { defineReferenceModel } from './building/define-reference-model.ts';
import type { Layers } from './building/layers.ts';
import { convolution, dense, layerNormalization, linear, table } from './building/layers.ts';
import { attend, feedForward, gelu, splitHeads } from './building/transformer.ts';

const SIZE = 224;
const PATCH = 16;
const PATCHES = (SIZE / PATCH) ** 2;
const HIDDEN = 768;
const HEADS = 12;
const FEED_FORWARD = 3072;
const LAYERS = 12;
const CLASSES = 1000;
const EPSILON = 1e-6;
/** 24 branches of this deviation add up to about 1. */
const BRANCH_GAIN = 0.3;

/** Vision Transformer, base size, patches of 16 × 16. */
export const vitB16 = defineReferenceModel({
  id: 'vit-b16',
  title: 'ViT-B/16',
  task: 'image-classification',
  source: 'Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021',
  inputs: [
    {
      name: 'image',
      type: 'float32',
      dims: ['batch', 3, SIZE, SIZE],
      description: 'Standardised RGB image, channels first',
      content: { kind: 'image', channels: 'first' },
    },
  ],
  outputs: [{ name: 'logits', dims: ['batch', CLASSES], description: 'Score of each class before softmax' }],
  expected: {
    parameters: 86_567_656,
    macs: 17.56e9,
    macsDims: { batch: 1 },
    source: 'torchvision model table, ViT_B_16_Weights.IMAGENET1K_V1 (MACs at 224 × 224)',
  },
  defaultDims: { batch: 1 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      const { graph } = layers;
      let hidden = patchEmbedding(layers);
      for (let index = 0; index < LAYERS; index++) hidden = encoderBlock(layers, `blocks.${index}`, hidden);
      const last = layerNormalization(layers, 'norm', hidden, { features: HIDDEN, epsilon: EPSILON });
      const attributes = { axis: { int: 1 } };
      const classToken = graph.node('Gather', [last, graph.integers(0)], { attributes, scope: 'head' });
      return { logits: dense(layers, 'head', classToken, { inputs: HIDDEN, outputs: CLASSES, gain: 2.5 }) };
    },
    calibrationDims: { batch: 24 },
  },
});

/** [batch, 1 + 196, 768]: the class token and one vector per patch, with positions added. */
function patchEmbedding(layers: Layers): string {
  const { graph } = layers;
  const scope = 'patch_embed';
  const shape = { inputs: 3, outputs: HIDDEN, kernel: PATCH, stride: PATCH };
  const grid = convolution(layers, 'patch_embed.proj', 'image', shape);
  const flat = graph.node('Reshape', [grid, graph.integers([0, HIDDEN, PATCHES])], { scope });
  const patches = graph.node('Transpose', [flat], { attributes: { perm: { ints: [0, 2, 1] } }, scope });
  const size = graph.node('Shape', [patches], { scope });
  const batch = graph.node('Gather', [size, graph.integers([0])], { scope });
  const expanded = graph.node('Concat', [batch, graph.integers([1, HIDDEN])], {
    attributes: { axis: { int: 0 } },
    scope,
  });
  const token = graph.node('Expand', [table(layers, 'cls_token', [1, 1, HIDDEN], 0.5), expanded], { scope });
  const all = graph.node('Concat', [token, patches], { attributes: { axis: { int: 1 } }, scope });
  return graph.node('Add', [all, table(layers, 'pos_embed', [1, PATCHES + 1, HIDDEN], 0.3)], { scope });
}

function encoderBlock(layers: Layers, name: string, input: string): string {
  const { graph } = layers;
  const norm = { features: HIDDEN, epsilon: EPSILON };
  const size = HIDDEN / HEADS;
  const first = layerNormalization(layers, `${name}.norm1`, input, norm);
  const combined = linear(layers, `${name}.attn.qkv`, first, { inputs: HIDDEN, outputs: 3 * HIDDEN });
  const scope = `${name}.attn`;
  const [query, key, value] = graph
    .nodeWithOutputs('Split', [combined, graph.integers([HIDDEN, HIDDEN, HIDDEN])], 3, {
      attributes: { axis: { int: 2 } },
      scope,
    })
    .map((part) => splitHeads(graph, part, HEADS, size, scope)) as [string, string, string];
  const context = attend(graph, { query, key, value, count: HEADS, size }, scope);
  const attention = linear(layers, `${name}.attn.proj`, context, {
    inputs: HIDDEN,
    outputs: HIDDEN,
    gain: BRANCH_GAIN,
  });
  const middle = graph.node('Add', [input, attention], { scope: name });
  const second = layerNormalization(layers, `${name}.norm2`, middle, norm);
  const names = [`${name}.mlp.fc1`, `${name}.mlp.fc2`] as const;
  const sizes = { features: HIDDEN, hidden: FEED_FORWARD, gain: BRANCH_GAIN };
  return graph.node('Add', [middle, feedForward(layers, second, { names, ...sizes, activation: gelu })], {
    scope: name,
  });
}
