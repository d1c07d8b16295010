/**
 * Trains the digits network from scratch on the training rows and writes resources/models/digits/digits-cnn.onnx. The
 * same seed gives the same file. The held-out rows are looked at once, after training. Usage: node scripts/train-digits.ts
 */
import { writeModel } from '../src/core/onnx/write.ts';
import { resourcePath } from '../src/core/resources.ts';
import type { LabelledData } from '../src/core/models/building/define-reference-model.ts';
import { DIGIT_SIZE, readDigits } from '../src/core/models/building/digits-data.ts';
import { createKeyedGenerator, createRandomNormals } from '../src/core/models/building/seeded-weights.ts';
import { createGraphBuilder } from '../src/core/onnx/build.ts';
import type { Layer, Parameter } from './digits/network.ts';
import { createConvolution, createDense, createMaxPool, createRelu } from './digits/network.ts';

const SEED = 2024;
const EPOCHS = 40;
const BATCH = 32;
const LEARNING_RATE = 2e-3;
const WEIGHT_DECAY = 1e-4;
const CLASSES = 10;
const PIXELS = DIGIT_SIZE * DIGIT_SIZE;
const WIDTHS = { conv1: 16, conv2: 32, conv3: 64, fc1: 64 } as const;

function createNetwork(normal: () => number): Layer[] {
  const { conv1, conv2, conv3, fc1 } = WIDTHS;
  return [
    createConvolution('conv1', 1, conv1, 8, normal),
    createRelu(conv1 * 64),
    createConvolution('conv2', conv1, conv2, 8, normal),
    createRelu(conv2 * 64),
    createMaxPool(conv2, 8),
    createConvolution('conv3', conv2, conv3, 4, normal),
    createRelu(conv3 * 16),
    createMaxPool(conv3, 4),
    createDense('fc1', conv3 * 4, fc1, normal),
    createRelu(fc1),
    createDense('fc2', fc1, CLASSES, normal),
  ];
}

function scores(network: readonly Layer[], image: Float32Array): Float32Array {
  return network.reduce((current, layer) => layer.forward(current), image);
}

/** Adds the gradients of the cross-entropy of one image and returns it. */
function learn(network: readonly Layer[], image: Float32Array, label: number): number {
  const logits = scores(network, image);
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  let gradient = powers.map((power, index) => power / sum - (index === label ? 1 : 0));
  for (const layer of network.toReversed()) gradient = Float32Array.from(layer.backward(gradient));
  return -Math.log(powers[label]! / sum);
}

/** Adam (Kingma and Ba, 2015) with decoupled weight decay. */
function createOptimizer(parameters: readonly Parameter[]) {
  const moments = parameters.map(
    ({ value }) => [new Float32Array(value.length), new Float32Array(value.length)] as const,
  );
  let step = 0;
  return (rate: number, batch: number) => {
    step++;
    parameters.forEach(({ value, gradient }, index) => {
      const [first, second] = moments[index]!;
      for (let element = 0; element < value.length; element++) {
        const change = gradient[element]! / batch;
        first[element] = 0.9 * first[element]! + 0.1 * change;
        second[element] = 0.999 * second[element]! + 0.001 * change * change;
        const mean = first[element]! / (1 - 0.9 ** step);
        const deviation = Math.sqrt(second[element]! / (1 - 0.999 ** step)) + 1e-8;
        value[element]! -= rate * (mean / deviation + WEIGHT_DECAY * value[element]!);
      }
      gradient.fill(0);
    });
  };
}

/** The image moved by up to one pixel each way; what moves in is background. */
function shifted(image: Float32Array, rows: number, columns: number): Float32Array {
  return image.map((_, index) => {
    const y = Math.floor(index / DIGIT_SIZE) - rows;
    const x = (index % DIGIT_SIZE) - columns;
    return y >= 0 && y < DIGIT_SIZE && x >= 0 && x < DIGIT_SIZE ? image[y * DIGIT_SIZE + x]! : 0;
  });
}

function train(network: readonly Layer[], { features, labels }: LabelledData): void {
  const generator = createKeyedGenerator(SEED, 'digits/order');
  const pick = (size: number) => (generator.next() >>> 0) % size;
  const optimize = createOptimizer(network.flatMap((layer) => layer.parameters));
  const order = Array.from(labels.keys());
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let index = order.length - 1; index > 0; index--) {
      const other = pick(index + 1);
      [order[index], order[other]] = [order[other]!, order[index]!];
    }
    let loss = 0;
    const rate = (LEARNING_RATE * (1 + Math.cos((Math.PI * epoch) / EPOCHS))) / 2;
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      for (const row of batch) {
        const image = features.subarray(row * PIXELS, (row + 1) * PIXELS);
        loss += learn(network, shifted(image, pick(3) - 1, pick(3) - 1), labels[row]!);
      }
      optimize(rate, batch.length);
    }
    console.log(`epoch ${epoch + 1} of ${EPOCHS}: mean cross-entropy ${(loss / order.length).toFixed(5)}`);
  }
}

function accuracy(network: readonly Layer[], { features, labels }: LabelledData): number {
  let right = 0;
  labels.forEach((label, row) => {
    const logits = scores(network, features.subarray(row * PIXELS, (row + 1) * PIXELS));
    if (logits.indexOf(Math.max(...logits)) === label) right++;
  });
  return right / labels.length;
}

async function save(network: readonly Layer[], target: string) {
  const graph = createGraphBuilder();
  const values = new Map(network.flatMap((layer) => layer.parameters).map((parameter) => [parameter.name, parameter]));
  const weight = (name: string) => {
    const parameter = values.get(name);
    if (!parameter) throw new Error(`The network has no parameter "${name}".`);
    const { dims, value } = parameter;
    return graph.weight(name, dims, () => [new Uint8Array(value.buffer)]);
  };
  const parts = (name: string) => [weight(`${name}.weight`), weight(`${name}.bias`)];
  const relu = (scope: string, input: string) => graph.node('Relu', [input], { scope });
  const convolve = (scope: string, input: string) => {
    const attributes = { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] }, strides: { ints: [1, 1] } };
    return relu(scope, graph.node('Conv', [input, ...parts(scope)], { attributes, scope }));
  };
  const pool = (scope: string, input: string) =>
    graph.node('MaxPool', [input], {
      attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
      scope,
    });
  const dense = (scope: string, input: string) =>
    graph.node('Gemm', [input, ...parts(scope)], { attributes: { transB: { int: 1 } }, scope });

  const image = graph.input('image', 'float32', ['batch', 1, DIGIT_SIZE, DIGIT_SIZE]);
  const wide = pool('pool1', convolve('conv2', convolve('conv1', image)));
  const deep = pool('pool2', convolve('conv3', wide));
  const flat = graph.node('Flatten', [deep], { attributes: { axis: { int: 1 } }, scope: 'flatten' });
  graph.output('logits', dense('fc2', relu('fc1', dense('fc1', flat))), 'float32', ['batch', CLASSES]);
  const built = graph.build('digits-cnn', {
    reference_model: 'digits-cnn',
    weights: 'trained by scripts/train-digits.ts',
  });
  return writeModel(built.model, target, { tensorData: built.tensorData });
}

const start = performance.now();
const network = createNetwork(createRandomNormals(SEED, 'digits/weights'));
train(network, await readDigits('training'));
const written = await save(network, resourcePath('models', 'digits', 'digits-cnn.onnx'));
console.log(`training accuracy ${(100 * accuracy(network, await readDigits('training'))).toFixed(2)} %`);
console.log(`held-out accuracy ${(100 * accuracy(network, await readDigits('held-out'))).toFixed(2)} %`);
console.log(
  `${written.sizeBytes} bytes, SHA-256 ${written.sha256}, ${((performance.now() - start) / 1000).toFixed(0)} s`,
);
