import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import type { TensorFacts } from './tensor-facts.ts';

/** How a tensor is quantized. */
export type Mark =
  /** With the type of activations and a range of its own, be it computed or constant. */
  | { kind: 'activation' }
  /** With the type of weights; `axis` has a scale for each channel, null one for all. */
  | { kind: 'weight'; axis: number | null }
  /** With the scale and zero point of another tensor, because the operator between them only moves values. */
  | { kind: 'shared'; provider: string };

/** A constant that is added to products, as int32 at the scale of the products. */
export interface BiasMark {
  node: NodeProto;
  bias: string;
  input: string;
  weight: string;
  /** What the operator multiplies the bias with, which goes into its scale. */
  beta: number;
}

/** An activation function that the saturation of the next QuantizeLinear does. */
export interface Fold {
  node: NodeProto;
  from: string;
  to: string;
}

export interface Marks {
  tensors: Map<string, Mark>;
  biases: BiasMark[];
  /** In the order of the graph. */
  folds: Fold[];
  /** Nodes to which a rule was applied. */
  visited: Set<NodeProto>;
}

export interface MarkOptions {
  perChannel: boolean;
  /** Ranges of activations are symmetric around zero, so that their saturation cannot stand for a Relu. */
  symmetricActivations: boolean;
}

/** What the rule of an operator may do. */
export interface Marking extends TensorFacts {
  isMarked(name: string): boolean;
  /** Marks a float tensor as activation, unless it has a mark. */
  markActivation(name: string): void;
  /** Marks a weight, with a scale for each channel along `axis` where that is wanted and possible. */
  markWeight(name: string, axis: number): void;
  /** Marks a float tensor to have the parameters of `provider`. */
  markShared(name: string, provider: string): void;
  /** Marks a constant bias of a node; others are left. */
  markBias(bias: BiasMark): void;
  /** Lets the producer of the input compute the output of an activation function where that is right. */
  tryFold(node: NodeProto): boolean;
}

/** Starts marking; nothing in the graph changes. Source of the rules: ONNX Runtime 1.30, qdq_quantizer.py. */
export function startMarking(facts: TensorFacts, options: MarkOptions): { marks: Marks; marking: Marking } {
  const marks: Marks = { tensors: new Map(), biases: [], folds: [], visited: new Set() };
  const { tensors, biases } = marks;
  const setPlain = (name: string, mark: Mark): void => {
    if (facts.isFloat(name) && !tensors.has(name)) tensors.set(name, mark);
  };
  const marking: Marking = {
    ...facts,
    isMarked: (name) => tensors.has(name) || biases.some(({ bias }) => bias === name),
    markActivation(name) {
      setPlain(name, { kind: 'activation' });
    },
    markWeight(name, axis) {
      const rank = facts.constantRank(name);
      const found = rank === null || !options.perChannel ? null : toPlace(axis, rank);
      if (found === null) setPlain(name, { kind: 'weight', axis: null });
      else if (facts.isFloat(name)) tensors.set(name, { kind: 'weight', axis: found });
    },
    markShared(name, provider) {
      if (facts.isFloat(name)) tensors.set(name, { kind: 'shared', provider });
    },
    markBias(bias) {
      if (facts.isConstant(bias.bias) && facts.isFloat(bias.bias)) biases.push(bias);
    },
    tryFold(node) {
      const [from = ''] = node.input;
      const [to = ''] = node.output;
      if (options.symmetricActivations || !facts.isFloat(to) || facts.isConstant(from)) return false;
      if (facts.readers(from).length !== 1 || facts.isOutput(from) || facts.isInput(from)) return false;
      tensors.delete(from);
      marks.folds.push({ node, from, to });
      return true;
    },
  };
  return { marks, marking };
}

/** A negative axis counts from the end; null outside of the dimensions. */
function toPlace(axis: number, rank: number): number | null {
  const place = axis < 0 ? axis + rank : axis;
  return place >= 0 && place < rank ? place : null;
}

/**
 * The tensor whose scale and zero point a marked tensor has: itself, or the end of the chain of those that share.
 * undefined for a tensor that is not quantized.
 */
export function parameterOwner(marks: Pick<Marks, 'tensors'>, name: string): string | undefined {
  let owner = name;
  for (let steps = 0; steps <= marks.tensors.size; steps += 1) {
    const mark = marks.tensors.get(owner);
    if (mark?.kind !== 'shared') return mark === undefined ? undefined : owner;
    owner = mark.provider;
  }
  return undefined;
}
