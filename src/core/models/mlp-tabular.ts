import { defineReferenceModel } from './building/define-reference-model.ts';
import { dense } from './building/layers.ts';

const FEATURES = 64;
const WIDTH = 256;
const HIDDEN_LAYERS = 3;
const CLASSES = 10;

/** A multilayer perceptron on table rows: the small model where the overhead around a kernel weighs most. */
export const mlpTabular = defineReferenceModel({
  id: 'mlp-tabular',
  title: 'Tabular MLP (64 features, 3 × 256)',
  task: 'tabular-classification',
  source:
    'Gorishniy et al., "Revisiting Deep Learning Models for Tabular Data", NeurIPS 2021 (its MLP baseline; the sizes here are chosen within the ranges it tunes over)',
  inputs: [
    {
      name: 'features',
      type: 'float32',
      dims: ['batch', FEATURES],
      description: 'Standardised numeric features of a row',
      content: { kind: 'normal', deviation: 1 },
    },
  ],
  outputs: [{ name: 'logits', dims: ['batch', CLASSES], description: 'Score of each class before softmax' }],
  expected: {
    parameters: 150_794,
    macs: 150_016,
    macsDims: { batch: 1 },
    source: 'computed from the layer sizes: 64·256 + 2·256·256 + 256·10 weights, and 778 biases',
  },
  defaultDims: { batch: 1 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      let hidden = 'features';
      for (let index = 0; index < HIDDEN_LAYERS; index++) {
        const name = `layers.${index}`;
        const sum = dense(layers, name, hidden, { inputs: index === 0 ? FEATURES : WIDTH, outputs: WIDTH });
        hidden = layers.graph.node('Relu', [sum], { scope: name });
      }
      return { logits: dense(layers, 'head', hidden, { inputs: WIDTH, outputs: CLASSES, gain: 2.5 }) };
    },
    calibrationDims: { batch: 512 },
  },
});
