import { defineReferenceModel } from './building/define-reference-model.ts';
import type { Convolution, Layers } from './building/layers.ts';
import { convolution, dense } from './building/layers.ts';

const SIZE = 224;
const CLASSES = 1000;
const LAST_WIDTH = 1280;
/** Table 2 of the paper: expansion, output channels, repeats, stride of the first repeat. */
const STAGES = [
  { expansion: 1, width: 16, blocks: 1, stride: 1 },
  { expansion: 6, width: 24, blocks: 2, stride: 2 },
  { expansion: 6, width: 32, blocks: 3, stride: 2 },
  { expansion: 6, width: 64, blocks: 4, stride: 2 },
  { expansion: 6, width: 96, blocks: 3, stride: 1 },
  { expansion: 6, width: 160, blocks: 3, stride: 2 },
  { expansion: 6, width: 320, blocks: 1, stride: 1 },
] as const;
/** Weak, as trained residual branches are: what an untrained layer adds also enlarges every rounding before it. */
const BRANCH_GAIN = 0.2;

/** MobileNetV2 at width 1.0: depthwise convolutions and ReLU6, few operations per byte; normalization is folded. */
export const mobilenetV2 = defineReferenceModel({
  id: 'mobilenet-v2',
  title: 'MobileNetV2 1.0',
  task: 'image-classification',
  source: 'Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018',
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
    parameters: 3_504_872,
    macs: 0.3e9,
    macsDims: { batch: 1 },
    source: 'torchvision model table, MobileNet_V2_Weights (3,504,872 parameters); 300 M multiply-adds in the paper',
  },
  defaultDims: { batch: 1 },
  weights: {
    kind: 'seeded',
    recipe: 3,
    buildGraph(layers) {
      const { graph } = layers;
      const stem = { inputs: 3, outputs: 32, kernel: 3, stride: 2, padding: 1 };
      let current = convolutionRelu6(layers, 'features.0.0', 'image', stem);
      let inputs = 32;
      let index = 1;
      for (const { expansion, width, blocks, stride } of STAGES) {
        for (let block = 0; block < blocks; block++) {
          const shape = { inputs, outputs: width, expansion, stride: block === 0 ? stride : 1 };
          current = invertedResidual(layers, `features.${index++}.conv`, current, shape);
          inputs = width;
        }
      }
      current = convolutionRelu6(layers, `features.${index}.0`, current, { inputs, outputs: LAST_WIDTH, kernel: 1 });
      const pooled = graph.node('GlobalAveragePool', [current], { scope: 'avgpool' });
      const flat = graph.node('Flatten', [pooled], { attributes: { axis: { int: 1 } }, scope: 'flatten' });
      return { logits: dense(layers, 'classifier.1', flat, { inputs: LAST_WIDTH, outputs: CLASSES, gain: 2.5 }) };
    },
    calibrationDims: { batch: 32 },
  },
});

function invertedResidual(
  layers: Layers,
  name: string,
  input: string,
  { inputs, outputs, expansion, stride }: { inputs: number; outputs: number; expansion: number; stride: number },
): string {
  const width = inputs * expansion;
  let part = 0;
  let current = input;
  if (expansion > 1) {
    current = convolutionRelu6(layers, `${name}.${part++}.0`, current, { inputs, outputs: width, kernel: 1 });
  }
  const depthwise = { inputs: width, outputs: width, kernel: 3, stride, padding: 1, groups: width };
  current = convolutionRelu6(layers, `${name}.${part++}.0`, current, depthwise);
  const residual = stride === 1 && inputs === outputs;
  current = convolution(layers, `${name}.${part}`, current, {
    inputs: width,
    outputs,
    kernel: 1,
    gain: residual ? BRANCH_GAIN : 1,
  });
  return residual ? layers.graph.node('Add', [input, current], { scope: name }) : current;
}

function convolutionRelu6(layers: Layers, name: string, input: string, options: Convolution): string {
  const { graph } = layers;
  // More than half of the values pass, and a few reach the bound of 6.
  const output = convolution(layers, name, input, { ...options, gain: 1.5, mean: 0.75 });
  return graph.node('Clip', [output, graph.floats(0), graph.floats(6)], { scope: name });
}
