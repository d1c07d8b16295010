import { defineReferenceModel } from './building/define-reference-model.ts';
import { DIGIT_SIZE, readDigits } from './building/digits-data.ts';

/** A small convolutional network with trained weights and labelled images: the one on which accuracy can be told. */
export const digitsCnn = defineReferenceModel({
  id: 'digits-cnn',
  title: 'Digits CNN (trained)',
  task: 'image-classification',
  source:
    'trained by scripts/train-digits.ts on Optical Recognition of Handwritten Digits (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0)',
  inputs: [
    {
      name: 'image',
      type: 'float32',
      dims: ['batch', 1, DIGIT_SIZE, DIGIT_SIZE],
      description: 'Grey levels from 0 (background) to 1 (ink)',
      content: { kind: 'image', channels: 'first' },
    },
  ],
  outputs: [{ name: 'logits', dims: ['batch', 10], description: 'Score of each digit before softmax' }],
  expected: {
    parameters: 40_394,
    macs: 616_064,
    macsDims: { batch: 1 },
    source: 'computed from the layer sizes: 3×3 convolutions 1→16→32 on 8×8 and 32→64 on 4×4, then 256→64→10',
  },
  defaultDims: { batch: 1 },
  weights: {
    kind: 'trained',
    recipe: 1,
    resource: ['models', 'digits', 'digits-cnn.onnx'],
    labelled: readDigits,
  },
});
