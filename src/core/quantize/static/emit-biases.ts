import { create } from '@bufbuild/protobuf';
import { DataType } from '../../onnx/element-types.ts';
import type { NodeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from '../../onnx/gen/onnx_pb.js';
import { intAttributeOf } from '../graph/attributes.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { quantizeBias } from '../numerics/bias.ts';
import { parameterOwner, type BiasMark, type Marks } from './marks.ts';

/** A bias of a node that can be quantized, with what its scale follows from. */
export interface PlannedBias {
  mark: BiasMark;
  tensor: TensorProto;
  /** Tensors whose scales are multiplied. */
  inputOwner: string;
  weightOwner: string;
  /** Scales, one for each channel of the weight. */
  channels: number;
  /** What initializers and nodes are called after. */
  stem: string;
  /** What the node reads. */
  result: string;
}

/** Lets nodes read quantized biases. Each has its own, because the scale is that of the node. */
export function planBiases(graph: EditableGraph, marks: Marks): PlannedBias[] {
  const nextCopy = new Map<string, number>();
  return marks.biases.flatMap((mark): PlannedBias[] => {
    const { node, bias, input, weight, beta } = mark;
    const tensor = graph.constant(bias);
    const inputOwner = parameterOwner(marks, input);
    const weightOwner = parameterOwner(marks, weight);
    if (tensor === undefined || inputOwner === undefined || weightOwner === undefined) return [];
    const weightMark = marks.tensors.get(weightOwner);
    const axis = weightMark?.kind === 'weight' ? weightMark.axis : null;
    const channels = axis === null ? 1 : Number(graph.constant(weightOwner)?.dims[axis] ?? 1n);
    const isVector = tensor.dims.length === 1 && Number(tensor.dims[0]) === channels;
    // A bias that is spread over several dimensions has no axis for the scales of channels.
    if (channels > 1 && !isVector) return [];
    const copy = nextCopy.get(bias);
    nextCopy.set(bias, copy === undefined ? largestSuffix(graph, bias) + 1 : copy + 1);
    const stem = copy === undefined ? bias : `${bias}${copy}`;
    const result = graph.freeName(`${stem}_DequantizeLinear_Output`);
    node.input[2] = result;
    if (beta !== 1) setBetaToOne(node);
    return [{ mark, tensor, inputOwner, weightOwner, channels, stem, result }];
  });
}

/** Adds the data of planned biases. `scalesOf` has the scales of a tensor as they are written. */
export function emitBias(
  graph: EditableGraph,
  { mark, tensor, inputOwner, weightOwner, channels, stem, result }: PlannedBias,
  scalesOf: (tensor: string) => Float32Array<ArrayBuffer>,
): void {
  const [values = '', scale = '', zeroPoint = ''] = graph.addComputed(
    [
      { stem: `${stem}_quantized`, dataType: DataType.INT32, dims: tensor.dims.map(Number) },
      { stem: `${stem}_quantized_scale`, dataType: DataType.FLOAT, dims: [channels] },
      { stem: `${stem}_quantized_zero_point`, dataType: DataType.INT32, dims: channels > 1 ? [channels] : [] },
    ],
    () => {
      const [inputScale = 1] = scalesOf(inputOwner);
      const weightScales = scalesOf(weightOwner);
      const quantized = quantizeBias(graph.readFloats(tensor), inputScale, weightScales, mark.beta);
      const { values: numbers, scales } = quantized;
      return [new Uint8Array(numbers.buffer), new Uint8Array(scales.buffer), new Uint8Array(4 * channels)];
    },
  );
  graph.add([
    graph.createNode({
      operator: 'DequantizeLinear',
      stem: `${stem}_DequantizeLinear`,
      inputs: [values, scale, zeroPoint],
      outputs: [result],
      ...(channels > 1 ? { attributes: [intAttributeOf('axis', 0)] } : {}),
    }),
  ]);
}

/** Copies have the names that ONNX Runtime's own quantizer gives them: numbered after what begins with the name. */
function largestSuffix({ graph }: EditableGraph, prefix: string): number {
  const suffixes = graph.initializer.flatMap(({ name }) => {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return /^\d+$/.test(rest) ? [Number(rest)] : [];
  });
  return suffixes.reduce((largest, suffix) => Math.max(largest, suffix), -1);
}

function setBetaToOne(node: NodeProto): void {
  const beta = create(AttributeProtoSchema, { name: 'beta', type: AttributeType.FLOAT, f: 1 });
  node.attribute = [...node.attribute.filter(({ name }) => name !== 'beta'), beta];
}
