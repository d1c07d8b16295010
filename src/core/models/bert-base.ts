import { bertEmbeddings, bertLayer, HIDDEN } from './building/bert-encoder.ts';
import { defineReferenceModel } from './building/define-reference-model.ts';
import { dense } from './building/layers.ts';
import { paddingMask } from './building/transformer.ts';

const VOCABULARY = 30_522;
const LAYERS = 12;

/** BERT base, uncased vocabulary, with the pooler. */
export const bertBase = defineReferenceModel({
  id: 'bert-base',
  title: 'BERT base',
  task: 'text-encoding',
  source: 'Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019',
  inputs: [
    {
      name: 'input_ids',
      type: 'int64',
      dims: ['batch', 'sequence'],
      description: 'Token ids; at most 512 positions',
      content: { kind: 'tokens', vocabulary: VOCABULARY },
    },
    {
      name: 'attention_mask',
      type: 'int64',
      dims: ['batch', 'sequence'],
      description: '1 for a token, 0 for padding',
      content: { kind: 'mask' },
    },
    {
      name: 'token_type_ids',
      type: 'int64',
      dims: ['batch', 'sequence'],
      description: '0 for the first sentence, 1 for the second',
      content: { kind: 'segments', count: 2 },
    },
  ],
  outputs: [
    { name: 'last_hidden_state', dims: ['batch', 'sequence', HIDDEN], description: 'Encoding of every token' },
    { name: 'pooler_output', dims: ['batch', HIDDEN], description: 'Encoding of the whole text' },
  ],
  expected: {
    parameters: 109_482_240,
    macs: 11.25e9,
    macsDims: { batch: 1, sequence: 128 },
    source:
      'parameters of the published bert-base-uncased checkpoint without its pre-training heads (110 M in the paper); 22.5 GFLOP at sequence 128 in Jiao et al., "TinyBERT", 2020',
  },
  defaultDims: { batch: 1, sequence: 128 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      const { graph } = layers;
      const mask = paddingMask(graph, 'attention_mask');
      const tokenTypes = { input: 'token_type_ids', count: 2 };
      let hidden = bertEmbeddings(layers, 'embeddings', { vocabulary: VOCABULARY, tokenTypes });
      for (let index = 0; index < LAYERS; index++) hidden = bertLayer(layers, layerNames(index), hidden, mask);
      const first = graph.node('Gather', [hidden, graph.integers(0)], {
        attributes: { axis: { int: 1 } },
        scope: 'pooler',
      });
      const pooled = dense(layers, 'pooler.dense', first, { inputs: HIDDEN, outputs: HIDDEN });
      return { last_hidden_state: hidden, pooler_output: graph.node('Tanh', [pooled], { scope: 'pooler' }) };
    },
    calibrationDims: { batch: 16, sequence: 128 },
  },
});

function layerNames(index: number) {
  const layer = `encoder.layer.${index}`;
  return {
    query: `${layer}.attention.self.query`,
    key: `${layer}.attention.self.key`,
    value: `${layer}.attention.self.value`,
    attentionOutput: `${layer}.attention.output.dense`,
    attentionNorm: `${layer}.attention.output.LayerNorm`,
    feedForward: [`${layer}.intermediate.dense`, `${layer}.output.dense`] as const,
    outputNorm: `${layer}.output.LayerNorm`,
  };
}
