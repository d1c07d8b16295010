import { defineReferenceModel } from './building/define-reference-model.ts';
import type { Convolution, Layers } from './building/layers.ts';
import { convolution, dense } from './building/layers.ts';

const SIZE = 224;
const CLASSES = 1000;
const EXPANSION = 4;
const STAGES = [
  { width: 64, blocks: 3, stride: 1 },
  { width: 128, blocks: 4, stride: 2 },
  { width: 256, blocks: 6, stride: 2 },
  { width: 512, blocks: 3, stride: 2 },
] as const;
/**
 * Untrained layers enlarge a disturbance by about a fifth each, which over 50 layers turns the rounding of any
 * quantization into noise. Weak residual branches and rectifiers that pass more than half of their input, both as in
 * trained networks, keep it small.
 */
const BRANCH_GAIN = 0.2;
const RELU_MEAN = 0.5;

/** ResNet-50 in the variant "v1.5", which strides in the 3×3 convolution; batch normalization is folded. */
export const resnet50 = defineReferenceModel({
  id: 'resnet50',
  title: 'ResNet-50 v1.5',
  task: 'image-classification',
  source: 'He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; stride placement as in torchvision',
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
    parameters: 25_557_032,
    macs: 4.09e9,
    macsDims: { batch: 1 },
    source: 'torchvision model table, ResNet50_Weights (parameters include batch normalization, MACs at 224 × 224)',
  },
  defaultDims: { batch: 1 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      const { graph } = layers;
      const stem = convolutionRelu(layers, 'conv1', 'image', {
        inputs: 3,
        outputs: 64,
        kernel: 7,
        stride: 2,
        padding: 3,
      });
      const pool = { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } };
      let current = graph.node('MaxPool', [stem], { attributes: pool, scope: 'maxpool' });
      let inputs = 64;
      STAGES.forEach(({ width, blocks, stride }, stage) => {
        for (let block = 0; block < blocks; block++) {
          const name = `layer${stage + 1}.${block}`;
          current = bottleneck(layers, name, current, { inputs, width, stride: block === 0 ? stride : 1 });
          inputs = width * EXPANSION;
        }
      });
      const pooled = graph.node('GlobalAveragePool', [current], { scope: 'avgpool' });
      const flat = graph.node('Flatten', [pooled], { attributes: { axis: { int: 1 } }, scope: 'flatten' });
      return { logits: dense(layers, 'fc', flat, { inputs, outputs: CLASSES, gain: 2.5 }) };
    },
    calibrationDims: { batch: 32 },
  },
});

function bottleneck(
  layers: Layers,
  name: string,
  input: string,
  { inputs, width, stride }: { inputs: number; width: number; stride: number },
): string {
  const outputs = width * EXPANSION;
  const narrow = convolutionRelu(layers, `${name}.conv1`, input, { inputs, outputs: width, kernel: 1 });
  const spatial = { inputs: width, outputs: width, kernel: 3, stride, padding: 1 };
  const middle = convolutionRelu(layers, `${name}.conv2`, narrow, spatial);
  const branch = convolution(layers, `${name}.conv3`, middle, { inputs: width, outputs, kernel: 1, gain: BRANCH_GAIN });
  const shortcut =
    inputs === outputs
      ? input
      : convolution(layers, `${name}.downsample.0`, input, { inputs, outputs, kernel: 1, stride });
  const sum = layers.graph.node('Add', [branch, shortcut], { scope: name });
  return layers.graph.node('Relu', [sum], { scope: name });
}

function convolutionRelu(layers: Layers, name: string, input: string, options: Convolution): string {
  return layers.graph.node('Relu', [convolution(layers, name, input, { ...options, mean: RELU_MEAN })], {
    scope: name,
  });
}
