import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import { DataType } from '../../onnx/element-types.ts';
import { intAttributeOf } from '../graph/attributes.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { toQuantizationParameters, type QuantizationParameters } from '../numerics/scale.ts';
import { emitBias, planBiases } from './emit-biases.ts';
import { parameterOwner, type Marks } from './marks.ts';
import { createQuantizedConstants, type QuantizedConstants } from './quantized-constants.ts';
import type { TensorFacts } from './tensor-facts.ts';

export interface EmitOptions {
  activationType: 'uint8' | 'int8';
  symmetricActivations: boolean;
  reduceRange: boolean;
  /** Ranges of computed tensors with parameters of their own. */
  ranges: ReadonlyMap<string, ValueRange>;
}

/** Names of the initializers that quantize a tensor. */
interface ParameterNames {
  scale: string;
  zeroPoint: string;
}

/**
 * Puts QuantizeLinear and DequantizeLinear around marked tensors, quantizes marked constants, and removes folded
 * activation functions. Weights are quantized when the file is written.
 */
export function emitQuantized(graph: EditableGraph, marks: Marks, facts: TensorFacts, options: EmitOptions): void {
  const parameters = new Map<string, QuantizationParameters>();
  for (const [name, { low, high }] of options.ranges) {
    const { activationType, symmetricActivations: symmetric } = options;
    parameters.set(name, toQuantizationParameters(low, high, activationType, { symmetric }));
  }
  const constants = createQuantizedConstants(graph, marks, {
    ...options,
    scaleOf: (name) => parameters.get(parameterOwner(marks, name) ?? '')?.scale,
  });
  const emission: Emission = { graph, marks, facts, options, parameters, constants, names: new Map() };
  foldActivations(emission);
  // First, so that nodes no longer read the constants that are renamed next; their data comes last, as their names do.
  const biases = planBiases(graph, marks);
  for (const [name, mark] of marks.tensors) {
    if (facts.isConstant(name)) emitConstant(emission, name);
    else if (mark.kind !== 'shared') emitActivation(emission, name, addParameters(emission, name));
  }
  for (const [name, mark] of marks.tensors) {
    if (mark.kind !== 'shared') continue;
    const shared = emission.names.get(parameterOwner(marks, name) ?? '');
    if (shared !== undefined) emitActivation(emission, name, shared);
  }
  for (const bias of biases) emitBias(graph, bias, (tensor) => writtenScales(emission, tensor));
}

function writtenScales({ parameters, constants }: Emission, tensor: string): Float32Array<ArrayBuffer> {
  const known = parameters.get(tensor);
  return known === undefined ? constants.scalesOf(tensor) : Float32Array.of(known.scale);
}

interface Emission {
  graph: EditableGraph;
  marks: Marks;
  facts: TensorFacts;
  options: EmitOptions;
  parameters: ReadonlyMap<string, QuantizationParameters>;
  constants: QuantizedConstants;
  names: Map<string, ParameterNames>;
}

function foldActivations({ graph, marks }: Emission): void {
  for (const { node, from, to } of marks.folds) {
    graph.replace(node, []);
    const producer = graph.producer(from);
    if (producer !== undefined) graph.renameOutput(producer, from, to);
  }
}

function addParameters({ graph, options, parameters, names }: Emission, tensor: string): ParameterNames {
  const found = parameters.get(tensor);
  if (found === undefined) throw new Error(`The tensor ${tensor} was marked and has no range.`);
  const dataType = toDataType(options.activationType);
  const [scale = '', zeroPoint = ''] = graph.addComputed(
    [
      { stem: `${tensor}_scale`, dataType: DataType.FLOAT, dims: [] },
      { stem: `${tensor}_zero_point`, dataType, dims: [] },
    ],
    () => [toBytes(Float32Array.of(found.scale)), Uint8Array.of(found.zeroPoint & 0xff)],
  );
  const own = { scale, zeroPoint };
  names.set(tensor, own);
  return own;
}

/** One pair for all readers; an output keeps its name, and what produces it gets another. */
function emitActivation({ graph, facts }: Emission, tensor: string, { scale, zeroPoint }: ParameterNames): void {
  const isOutput = facts.isOutput(tensor);
  const quantized = graph.freeName(`${tensor}_QuantizeLinear_Output`);
  let [source, result] = [tensor, tensor];
  if (isOutput) {
    source = graph.freeName(`${tensor}_QuantizeLinear_Input`);
    const producer = graph.producer(tensor);
    if (producer !== undefined) graph.renameOutput(producer, tensor, source);
  } else {
    result = graph.freeName(`${tensor}_DequantizeLinear_Output`);
    graph.renameReads(tensor, result);
  }
  graph.add([
    graph.createNode({
      operator: 'QuantizeLinear',
      stem: `${tensor}_QuantizeLinear`,
      inputs: [source, scale, zeroPoint],
      outputs: [quantized],
    }),
    graph.createNode({
      operator: 'DequantizeLinear',
      stem: `${tensor}_DequantizeLinear`,
      inputs: [quantized, scale, zeroPoint],
      outputs: [result],
    }),
  ]);
}

/** Quantized once; nodes that stay in float keep reading the float constant. */
function emitConstant({ graph, marks, options, constants, names }: Emission, tensor: string): void {
  const mark = marks.tensors.get(tensor);
  const dims = graph.constant(tensor)?.dims.map(Number) ?? [];
  const axis = mark?.kind === 'weight' ? mark.axis : null;
  const channels = axis === null ? [] : [dims[axis] ?? 0];
  const dataType = mark?.kind === 'weight' ? DataType.INT8 : toDataType(options.activationType);
  const [values = '', scale = '', zeroPoint = ''] = graph.addComputed(
    [
      { stem: `${tensor}_quantized`, dataType, dims },
      { stem: `${tensor}_scale`, dataType: DataType.FLOAT, dims: channels },
      { stem: `${tensor}_zero_point`, dataType, dims: channels },
    ],
    () => {
      const quantized = constants.quantize(tensor);
      return [quantized.values, toBytes(quantized.scales), quantized.zeroPoints];
    },
  );
  names.set(tensor, { scale, zeroPoint });
  const result = graph.freeName(`${tensor}_DequantizeLinear_Output`);
  graph.renameReads(tensor, result, (node) => marks.visited.has(node));
  graph.add([
    graph.createNode({
      operator: 'DequantizeLinear',
      stem: `${tensor}_DequantizeLinear`,
      inputs: [values, scale, zeroPoint],
      outputs: [result],
      ...(axis === null ? {} : { attributes: [intAttributeOf('axis', axis)] }),
    }),
  ]);
}

function toDataType(type: 'uint8' | 'int8'): number {
  return type === 'uint8' ? DataType.UINT8 : DataType.INT8;
}

function toBytes(array: Float32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
