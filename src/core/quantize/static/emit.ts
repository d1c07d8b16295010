import { create } from '@bufbuild/protobuf';
import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from '../../onnx/gen/onnx_pb.js';
import { intAttributeOf } from '../graph/attributes.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { quantizeBias } from '../numerics/bias.ts';
import { toQuantizationParameters, type QuantizationParameters } from '../numerics/scale.ts';
import { parameterOwner, type BiasMark, type Marks } from './marks.ts';
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
  // Biases before constants: their nodes still have the names of the float weights.
  for (const bias of marks.biases) emitBias(emission, bias);
  for (const [name, mark] of marks.tensors) {
    if (facts.isConstant(name)) emitConstant(emission, name);
    else if (mark.kind !== 'shared') emitActivation(emission, name, addParameters(emission, name));
  }
  for (const [name, mark] of marks.tensors) {
    if (mark.kind !== 'shared') continue;
    const shared = emission.names.get(parameterOwner(marks, name) ?? '');
    if (shared !== undefined) emitActivation(emission, name, shared);
  }
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

/** The bias of a node as int32 at the scale of its products. Each node has its own, because its scale is the node's. */
function emitBias(emission: Emission, { node, bias, input, weight, beta }: BiasMark): void {
  const { graph, marks, parameters, constants } = emission;
  const tensor = graph.constant(bias);
  const inputOwner = parameterOwner(marks, input);
  const weightOwner = parameterOwner(marks, weight);
  if (tensor === undefined || inputOwner === undefined || weightOwner === undefined) return;
  const mark = marks.tensors.get(weightOwner);
  const axis = mark?.kind === 'weight' ? mark.axis : null;
  const channels = axis === null ? 1 : Number(graph.constant(weightOwner)?.dims[axis] ?? 1n);
  const dims = tensor.dims.map(Number);
  const isVector = dims.length === 1 && dims[0] === channels;
  // A bias that is spread over several dimensions has no axis for the scales of channels.
  if (channels > 1 && !isVector) return;
  const scalesOf = (owner: string): Float32Array<ArrayBuffer> => {
    const known = parameters.get(owner);
    return known === undefined ? constants.scalesOf(owner) : Float32Array.of(known.scale);
  };
  const [values = '', scale = '', zeroPoint = ''] = graph.addComputed(
    [
      { stem: `${bias}_quantized`, dataType: DataType.INT32, dims },
      { stem: `${bias}_quantized_scale`, dataType: DataType.FLOAT, dims: [channels] },
      { stem: `${bias}_quantized_zero_point`, dataType: DataType.INT32, dims: channels > 1 ? [channels] : [] },
    ],
    () => {
      const [inputScale = 1] = scalesOf(inputOwner);
      const weightScales = scalesOf(weightOwner);
      const quantized = quantizeBias(graph.readFloats(tensor), inputScale, weightScales, beta);
      return [toBytes(quantized.values), toBytes(quantized.scales), new Uint8Array(4 * channels)];
    },
  );
  const result = graph.freeName(`${bias}_DequantizeLinear_Output`);
  node.input[2] = result;
  if (beta !== 1) setBetaToOne(node);
  graph.add([
    graph.createNode({
      operator: 'DequantizeLinear',
      stem: `${bias}_DequantizeLinear`,
      inputs: [values, scale, zeroPoint],
      outputs: [result],
      ...(channels > 1 ? { attributes: [intAttributeOf('axis', 0)] } : {}),
    }),
  ]);
}

function setBetaToOne(node: NodeProto): void {
  const beta = create(AttributeProtoSchema, { name: 'beta', type: AttributeType.FLOAT, f: 1 });
  node.attribute = [...node.attribute.filter(({ name }) => name !== 'beta'), beta];
}

function toDataType(type: 'uint8' | 'int8'): number {
  return type === 'uint8' ? DataType.UINT8 : DataType.INT8;
}

function toBytes(array: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
