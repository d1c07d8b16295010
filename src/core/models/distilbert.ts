import { bertEmbeddings, bertLayer, HIDDEN } from './building/bert-encoder.ts';
import { defineReferenceModel } from './building/define-reference-model.ts';
import { paddingMask } from './building/transformer.ts';

const VOCABULARY = 30_522;
const LAYERS = 6;

/** DistilBERT: half of BERT's layers, no token types, no pooler. */
export const distilbert = defineReferenceModel({
  id: 'distilbert',
  title: 'DistilBERT base',
  task: 'text-encoding',
  source: 'Sanh et al., "DistilBERT, a distilled version of BERT", 2019',
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
  ],
  outputs: [{ name: 'last_hidden_state', dims: ['batch', 'sequence', HIDDEN], description: 'Encoding of every token' }],
  expected: {
    parameters: 66e6,
    macs: 5.625e9,
    macsDims: { batch: 1, sequence: 128 },
    source:
      '66 M parameters in the paper; half of the 22.5 GFLOP that Jiao et al., "TinyBERT", 2020, give for BERT base at sequence 128, since half of the layers are left',
  },
  defaultDims: { batch: 1, sequence: 128 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      const mask = paddingMask(layers.graph, 'attention_mask');
      let hidden = bertEmbeddings(layers, 'embeddings', { vocabulary: VOCABULARY });
      for (let index = 0; index < LAYERS; index++) hidden = bertLayer(layers, layerNames(index), hidden, mask);
      return { last_hidden_state: hidden };
    },
    calibrationDims: { batch: 16, sequence: 128 },
  },
});

function layerNames(index: number) {
  const layer = `transformer.layer.${index}`;
  return {
    query: `${layer}.attention.q_lin`,
    key: `${layer}.attention.k_lin`,
    value: `${layer}.attention.v_lin`,
    attentionOutput: `${layer}.attention.out_lin`,
    attentionNorm: `${layer}.sa_layer_norm`,
    feedForward: [`${layer}.ffn.lin1`, `${layer}.ffn.lin2`] as const,
    outputNorm: `${layer}.output_layer_norm`,
  };
}
