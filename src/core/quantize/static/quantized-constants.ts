import { rangeOf } from '../../../shared/calibration/value-range.ts';
import type { TensorProto } from '../../onnx/gen/onnx_pb.js';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { readFinite } from '../graph/read-finite.ts';
import { enlargeForBias, quantizeWeight, weightScales } from '../numerics/quantize-weight.ts';
import { quantizeValues, type ChannelLayout } from '../numerics/quantize-values.ts';
import { toQuantizationParameters, type QuantizationParameters } from '../numerics/scale.ts';
import type { Mark, Marks } from './marks.ts';

type WeightMark = Extract<Mark, { kind: 'weight' }>;

/** Packed data of a quantized constant. */
export interface QuantizedConstant {
  values: Uint8Array;
  scales: Float32Array<ArrayBuffer>;
  zeroPoints: Uint8Array;
}

export interface ConstantOptions {
  activationType: 'uint8' | 'int8';
  symmetricActivations: boolean;
  reduceRange: boolean;
  /** Scale of a tensor that is computed; undefined where it has none. */
  scaleOf(activation: string): number | undefined;
}

/** Quantizes marked constants, each when its data is written. */
export interface QuantizedConstants {
  quantize(name: string): QuantizedConstant;
  /** Scales as they are written; kept, because biases need them too. */
  scalesOf(name: string): Float32Array<ArrayBuffer>;
}

export function createQuantizedConstants(
  graph: EditableGraph,
  marks: Marks,
  options: ConstantOptions,
): QuantizedConstants {
  const known = new Map<string, Float32Array<ArrayBuffer>>();
  const biases = Map.groupBy(marks.biases, ({ weight }) => weight);

  function quantizeWeightOf(tensor: TensorProto, mark: WeightMark): QuantizedConstant {
    const layout = layoutOf(tensor, mark);
    const { values, scales } = readScaled(tensor, layout);
    const quantized = quantizeWeight(values, layout, scales);
    return { values: new Uint8Array(quantized.buffer), scales, zeroPoints: new Uint8Array(scales.length) };
  }
  function readScaled(tensor: TensorProto, layout: ChannelLayout) {
    const found = known.get(tensor.name);
    // Biases first: what is read is valid only until the next is.
    const added = found === undefined ? addedTo(tensor.name) : [];
    const values = readFinite(graph, tensor);
    const scales = found ?? weightScales(values, layout, options.reduceRange);
    for (const { inputScale, bias } of added) enlargeForBias(scales, inputScale, bias);
    known.set(tensor.name, scales);
    return { values, scales };
  }
  function addedTo(weight: string): { inputScale: number; bias: Float32Array }[] {
    return (biases.get(weight) ?? []).flatMap(({ bias, input }) => {
      const inputScale = options.scaleOf(input);
      const tensor = graph.constant(bias);
      if (inputScale === undefined || tensor === undefined) return [];
      return [{ inputScale, bias: readFinite(graph, tensor).slice() }];
    });
  }
  function requireMarked(name: string): { tensor: TensorProto; mark: Mark } {
    const tensor = graph.constant(name);
    const mark = marks.tensors.get(name);
    if (tensor === undefined || mark === undefined) throw new Error(`No constant was marked by the name ${name}.`);
    return { tensor, mark };
  }
  return {
    quantize(name) {
      const { tensor, mark } = requireMarked(name);
      if (mark.kind === 'weight') return quantizeWeightOf(tensor, mark);
      return quantizeActivation(readFinite(graph, tensor), options);
    },
    scalesOf(name) {
      const { tensor, mark } = requireMarked(name);
      if (mark.kind === 'weight') return known.get(name) ?? readScaled(tensor, layoutOf(tensor, mark)).scales;
      return quantizeActivation(readFinite(graph, tensor), options).scales;
    },
  };
}

/** A constant that is an operand like any other has the type and symmetry of activations. */
function quantizeActivation(values: Float32Array, options: ConstantOptions): QuantizedConstant {
  const { activationType: type, symmetricActivations: symmetric, reduceRange } = options;
  const range = rangeOf(values);
  const parameters: QuantizationParameters =
    range === null
      ? { type, scale: 1, zeroPoint: 0 }
      : toQuantizationParameters(range.low, range.high, type, { symmetric, reduceRange });
  const quantized = quantizeValues(values, parameters);
  return {
    values: new Uint8Array(quantized.buffer),
    scales: Float32Array.of(parameters.scale),
    zeroPoints: Uint8Array.of(parameters.zeroPoint & 0xff),
  };
}

function layoutOf(tensor: TensorProto, mark: WeightMark): ChannelLayout {
  const dims = tensor.dims.map(Number);
  const size = (part: readonly number[]): number => part.reduce((product, dim) => product * dim, 1);
  if (mark.axis === null) return { channels: 1, inner: Math.max(1, size(dims)) };
  return { channels: dims[mark.axis] ?? 1, inner: Math.max(1, size(dims.slice(mark.axis + 1))) };
}
