import type { GraphBuilder } from '../../onnx/build.ts';
import { createRandomNormals, seededWeights } from './seeded-weights.ts';

/** What one forward pass over the calibration inputs says about a layer's output, per channel. */
export interface ChannelStatistics {
  mean: Float32Array;
  /** Standard deviation, kept above `MINIMUM_DEVIATION`. */
  deviation: Float32Array;
}

/**
 * Where the weights of a graph come from. `measure` adds nodes that normalise the output of every layer and publish
 * its statistics; `fold` puts statistics found that way into weights and biases, so that the plain graph computes what
 * the measuring graph computed.
 */
export type WeightMode = { kind: 'measure' } | { kind: 'fold'; statistics: ReadonlyMap<string, ChannelStatistics> };

/** A graph under construction together with the source of its weights. */
export interface Layers {
  graph: GraphBuilder;
  seed: number;
  mode: WeightMode;
}

/** Channels that hardly vary would otherwise get enormous weights, which no trained network has. */
const MINIMUM_DEVIATION = 0.1;

export function meanName(layer: string): string {
  return `${layer}.mean`;
}

export function deviationName(layer: string): string {
  return `${layer}.deviation`;
}

export interface Convolution {
  inputs: number;
  outputs: number;
  kernel: number;
  stride?: number;
  padding?: number;
  groups?: number;
  /** Standard deviation of the output over images and positions. */
  gain?: number;
  /** Mean of the output. */
  mean?: number;
}

/** Conv with bias on [batch, channels, height, width], as left after folding batch normalization into it. */
export function convolution(layers: Layers, name: string, input: string, options: Convolution): string {
  const { inputs, outputs, kernel, stride = 1, padding = 0, groups = 1, gain = 1, mean = 0 } = options;
  const fanIn = (inputs / groups) * kernel * kernel;
  const dims = [outputs, inputs / groups, kernel, kernel];
  const attributes = {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: [padding, padding, padding, padding] },
    dilations: { ints: [1, 1] },
    group: { int: groups },
  };
  const parts = weightAndBias(layers, name, { dims, channels: outputs, run: fanIn, fanIn, gain, mean });
  const output = layers.graph.node('Conv', [input, ...parts], { attributes, scope: name });
  const result = normalised(layers, name, output, [0, 2, 3], gain);
  if (mean === 0 || layers.mode.kind === 'fold') return result;
  return layers.graph.node('Add', [result, layers.graph.floats(mean)], { scope: `${name}/normalise` });
}

export interface Linear {
  inputs: number;
  outputs: number;
  gain?: number;
}

/** MatMul and Add on [batch, position, features], the form in which exporters write a linear layer on a sequence. */
export function linear(layers: Layers, name: string, input: string, { inputs, outputs, gain = 1 }: Linear): string {
  const shape = { dims: [inputs, outputs], channels: outputs, run: 1, fanIn: inputs, gain };
  const parts = weightAndBias(layers, name, shape);
  const bias = parts.slice(1);
  const product = layers.graph.node('MatMul', [input, parts[0]!], { scope: name });
  const sum = bias.length === 0 ? product : layers.graph.node('Add', [product, ...bias], { scope: name });
  return normalised(layers, name, sum, [0, 1], gain);
}

/** Gemm with a transposed weight on [batch, features], the form in which exporters write a classifier's last layer. */
export function dense(layers: Layers, name: string, input: string, { inputs, outputs, gain = 1 }: Linear): string {
  const shape = { dims: [outputs, inputs], channels: outputs, run: inputs, fanIn: inputs, gain };
  const parts = weightAndBias(layers, name, shape);
  const output = layers.graph.node('Gemm', [input, ...parts], { attributes: { transB: { int: 1 } }, scope: name });
  return normalised(layers, name, output, [0], gain);
}

export interface Normalization {
  features: number;
  epsilon: number;
  /** Also centres the output over inputs and positions, as a trained model's last normalization roughly does. */
  centred?: boolean;
}

/** LayerNormalization over the last axis, with a scale near 1 and a bias near 0 as trained models have them. */
export function layerNormalization(layers: Layers, name: string, input: string, options: Normalization): string {
  const { features, epsilon, centred = false } = options;
  const draw = createRandomNormals(layers.seed, name);
  const scale = Float32Array.from({ length: features }, () => 1 + 0.1 * draw());
  const bias = Float32Array.from({ length: features }, () => 0.1 * draw());
  if (centred && layers.mode.kind === 'fold') {
    const { mean, deviation } = statisticsOf(layers.mode.statistics, name);
    for (let channel = 0; channel < features; channel++) {
      scale[channel] = at(scale, channel) / at(deviation, channel);
      bias[channel] = (at(bias, channel) - at(mean, channel)) / at(deviation, channel);
    }
  }
  const parts = [vector(layers, `${name}.weight`, scale), vector(layers, `${name}.bias`, bias)];
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  const output = layers.graph.node('LayerNormalization', [input, ...parts], { attributes, scope: name });
  return centred ? normalised(layers, name, output, [0, 1], 1) : output;
}

/** A table of normal values: embeddings, positions, class token. */
export function table(layers: Layers, name: string, dims: readonly number[], deviation: number): string {
  const count = dims.reduce((product, size) => product * size, 1);
  const channels = { scale: Float32Array.of(deviation), run: count };
  return layers.graph.weight(name, dims, () => seededWeights(layers.seed, name, count, channels));
}

interface WeightShape {
  dims: number[];
  channels: number;
  run: number;
  fanIn: number;
  gain: number;
  mean?: number;
}

/** Weight and bias; the weight alone while statistics are measured, because a bias would cancel out. */
function weightAndBias(layers: Layers, name: string, shape: WeightShape): string[] {
  const { dims, channels, run, fanIn, gain } = shape;
  const target = shape.mean ?? 0;
  const count = dims.reduce((product, size) => product * size, 1);
  const scale = new Float32Array(channels).fill(1 / Math.sqrt(fanIn));
  const data = () => seededWeights(layers.seed, name, count, { scale, run });
  if (layers.mode.kind === 'measure') return [layers.graph.weight(`${name}.weight`, dims, data)];
  const { mean, deviation } = statisticsOf(layers.mode.statistics, name);
  const bias = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const factor = gain / at(deviation, channel);
    scale[channel] = at(scale, channel) * factor;
    bias[channel] = target - at(mean, channel) * factor;
  }
  return [layers.graph.weight(`${name}.weight`, dims, data), vector(layers, `${name}.bias`, bias)];
}

function normalised(layers: Layers, name: string, input: string, axes: number[], gain: number): string {
  if (layers.mode.kind === 'fold') return input;
  const { graph } = layers;
  const scope = `${name}/normalise`;
  const reduce = { attributes: { axes: { ints: axes }, keepdims: { int: 1 } }, scope };
  const mean = graph.node('ReduceMean', [input], reduce);
  const centred = graph.node('Sub', [input, mean], { scope });
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred], { scope })], reduce);
  const root = graph.node('Sqrt', [variance], { scope });
  const deviation = graph.node('Max', [root, graph.floats(MINIMUM_DEVIATION)], { scope });
  const divisor = gain === 1 ? deviation : graph.node('Div', [deviation, graph.floats(gain)], { scope });
  graph.output(meanName(name), mean, 'float32', null);
  graph.output(deviationName(name), deviation, 'float32', null);
  return graph.node('Div', [centred, divisor], { scope });
}

function vector(layers: Layers, name: string, values: Float32Array): string {
  return layers.graph.weight(name, [values.length], () => [new Uint8Array(values.buffer)]);
}

function statisticsOf(statistics: ReadonlyMap<string, ChannelStatistics>, name: string): ChannelStatistics {
  const found = statistics.get(name);
  if (!found) throw new Error(`No statistics were measured for the layer "${name}".`);
  return found;
}

/** An element that is known to exist. */
function at(values: Float32Array, index: number): number {
  return values[index]!;
}
