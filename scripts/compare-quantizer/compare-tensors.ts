import type { NodeProto, TensorProto } from '../../src/core/onnx/gen/onnx_pb.js';
import { readModel, type LoadedModel } from '../../src/core/onnx/read.ts';
import { readTensorBytes } from '../../src/core/onnx/tensor-data.ts';
import { intAttribute } from '../../src/core/onnx/walk.ts';

/** Elements that were compared, and how many of them differ. */
export interface ElementCount {
  compared: number;
  different: number;
}

export interface TensorComparison {
  weights: ElementCount;
  scales: ElementCount;
  zeroPoints: ElementCount;
  /** Uses whose tensors differ in type, dimensions or data. */
  different: string[];
  /** Uses that only one of the files has. */
  onlyHere: string[];
  onlyPython: string[];
  /** Biases that are operands of another operator, too: int32 here, uint8 in Python's (docs/adr/0018). */
  coarseBiases: string[];
  /** Uses by float operators of a constant that both quantize: they read the float constant here (docs/adr/0018). */
  floatUses: string[];
  /** Uses by nodes that mask scores, which are left here (docs/adr/0018). */
  maskUses: string[];
}

type Role = 'weights' | 'scales' | 'zeroPoints';

/** A tensor that a quantizer computed. */
interface Computed {
  role: Role;
  tensor: TensorProto;
  /** Elements that a byte holds: two where they have four bits. */
  elementsPerByte: number;
}

/**
 * Compares what two quantizers made of one model, byte by byte. Tensors belong together by what they are used for, the
 * result of a product or the tensor that is quantized, because names of weights may differ. `masking` has the nodes that
 * were left here because of a mask.
 */
export async function compareTensors(
  here: string,
  python: string,
  masking: ReadonlySet<string> = new Set(),
): Promise<TensorComparison> {
  const [left, right] = [await readModel(here), await readModel(python)];
  const ours = computedTensors(left);
  const theirs = computedTensors(right);
  const onlyPython = [...theirs.keys()].filter((use) => !ours.has(use));
  const compared = new Set([...theirs].flatMap(([use, { tensor }]) => (ours.has(use) ? [tensor.name] : [])));
  const masked = tensorsOf(left, masking);
  const isMasked = (use: string): boolean => masked.has(useOf(use).replace(/^input \d+ of /, ''));
  const isFloatHere = (use: string): boolean => compared.has(theirs.get(use)?.tensor.name ?? '');
  const comparison: TensorComparison = {
    weights: { compared: 0, different: 0 },
    scales: { compared: 0, different: 0 },
    zeroPoints: { compared: 0, different: 0 },
    different: [],
    onlyHere: [...ours.keys()].filter((use) => !theirs.has(use)),
    onlyPython: onlyPython.filter((use) => !isFloatHere(use) && !isMasked(use)),
    floatUses: [...new Set(onlyPython.filter(isFloatHere).map(useOf))],
    maskUses: [...new Set(onlyPython.filter((use) => isMasked(use) && !isFloatHere(use)).map(useOf))],
    coarseBiases: [...ours].flatMap(([use, { role, tensor }]) => {
      const type = theirs.get(use)?.tensor.dataType;
      const isCoarse = role === 'weights' && tensor.dataType === int32 && type !== undefined && type !== int32;
      return isCoarse ? [useOf(use)] : [];
    }),
  };
  const coarse = new Set(comparison.coarseBiases);
  // A weight that several nodes share is compared once.
  const seen = new Set<string>();
  for (const [use, mine] of ours) {
    const other = theirs.get(use);
    const pair = `${mine.tensor.name}\n${other?.tensor.name ?? ''}`;
    if (other === undefined || seen.has(pair) || coarse.has(useOf(use))) continue;
    seen.add(pair);
    const [mineBytes, otherBytes] = [readTensorBytes(left, mine.tensor), readTensorBytes(right, other.tensor)];
    const bytesPerElement = mine.role === 'scales' ? 4 : widthOf(mine.tensor);
    const elements = (bytes: number): number => (bytes / bytesPerElement) * mine.elementsPerByte;
    const isSameKind = mine.tensor.dataType === other.tensor.dataType && sameDims(mine.tensor, other.tensor);
    const differing = countDifferent(mineBytes, otherBytes, bytesPerElement);
    comparison[mine.role].compared += elements(mineBytes.byteLength);
    comparison[mine.role].different += differing;
    if (differing > 0 || !isSameKind) comparison.different.push(use);
  }
  return comparison;
}

const int32 = 6;

/** Without the role. */
function useOf(key: string): string {
  return key.replace(/, \w+$/, '');
}

function widthOf({ dataType }: TensorProto): number {
  return dataType === int32 ? 4 : 1;
}

/** Dimensions of 1 aside: a zero point may be a scalar in one file and a vector of one in the other. */
function sameDims(left: TensorProto, right: TensorProto): boolean {
  const toText = ({ dims }: TensorProto): string => dims.filter((size) => size !== 1n).join();
  return toText(left) === toText(right);
}

function countDifferent(left: Uint8Array, right: Uint8Array, width: number): number {
  if (left.byteLength !== right.byteLength) return Math.max(left.byteLength, right.byteLength) / width;
  let count = 0;
  let last = -1;
  for (let index = 0; index < left.byteLength; index += 1) {
    if (left[index] === right[index]) continue;
    const element = Math.floor(index / width);
    if (element !== last) count += 1;
    last = element;
  }
  return count;
}

/** What nodes read and make, by the names of the source. */
function tensorsOf({ graph }: LoadedModel, nodes: ReadonlySet<string>): Set<string> {
  const found = graph.node.filter(({ name, output }) => nodes.has(name) || nodes.has(output[0] ?? ''));
  const names = found.flatMap(({ input, output }) => [...input, ...output]);
  return new Set(names.map((name) => name.replace(/_DequantizeLinear_Output$/, '')));
}

/** Quantized weights, scales and zero points by their use. */
function computedTensors({ graph }: LoadedModel): Map<string, Computed> {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const found = new Map<string, Computed>();
  const note = (use: string, role: Role, name: string | undefined, elementsPerByte = 1): void => {
    const tensor = constants.get(name ?? '');
    if (tensor !== undefined) found.set(`${use}, ${role}`, { role, tensor, elementsPerByte });
  };
  const readers = readersOf(graph.node);
  for (const node of graph.node) noteNode(node, note, readers);
  return found;
}

/** Where the results of nodes are read, e.g. "input 2 of logits". */
function readersOf(nodes: readonly NodeProto[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { input, output } of nodes) {
    for (const [index, name] of input.entries()) {
      readers.set(name, [...(readers.get(name) ?? []), `input ${index} of ${output[0] ?? ''}`]);
    }
  }
  return readers;
}

function noteNode(
  node: NodeProto,
  note: (use: string, role: Role, name: string | undefined, elementsPerByte?: number) => void,
  readers: ReadonlyMap<string, readonly string[]>,
): void {
  const [first = '', second, third, fourth] = node.input;
  const [output = ''] = node.output;
  switch (node.opType) {
    case 'MatMulInteger': {
      const use = output.replace(/_output_quantized(_\d+)?$/, '');
      note(use, 'weights', second);
      // The scale is used by another node; both tools name it after the weight.
      note(use, 'scales', second?.replace(/_quantized(?=(_\d+)?$)/, '_scale'));
      note(use, 'zeroPoints', fourth);
      break;
    }
    case 'MatMulNBits': {
      const use = output.replace(/_pre_reshape$/, '');
      const perByte = 8 / intAttribute(node, 'bits', 4);
      note(use, 'weights', second, perByte);
      note(use, 'scales', third);
      note(use, 'zeroPoints', fourth, perByte);
      break;
    }
    case 'QuantizeLinear': {
      const use = first.replace(/_QuantizeLinear_Input$/, '');
      note(use, 'scales', second);
      note(use, 'zeroPoints', third);
      break;
    }
    case 'DequantizeLinear':
      // What is no constant is not noted: that is an activation, whose parameters QuantizeLinear has, too.
      for (const use of readers.get(output) ?? []) {
        note(use, 'weights', first);
        note(use, 'scales', second);
        note(use, 'zeroPoints', third);
      }
      break;
    default:
  }
}
