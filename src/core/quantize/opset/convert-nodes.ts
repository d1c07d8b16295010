import type { Dimension } from '../../../shared/domain/model.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { FunctionProto, GraphProto, NodeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { toTensorInfo } from '../../onnx/inspect.ts';
import { readTensor, type TensorSource } from '../../onnx/tensor-data.ts';
import { inferElementTypes } from '../../onnx/tensor-types.ts';
import { bodiesOf, DEFAULT_DOMAIN, tensorAttribute, toDomain } from '../../onnx/walk.ts';
import { claimName, readsOf } from '../graph/scopes.ts';
import { constantNode, packFloats, type Conversion, type ConversionScope } from './conversion-scope.ts';
import { conversions, knownOperators } from './operator-versions.ts';

/** What has nodes. */
export type NodeOwner = GraphProto | FunctionProto;

export interface ConversionOptions {
  versions: { from: number; to: number };
  /** Where the data of constants is. */
  source: TensorSource;
  /** ONNX element types of tensors, those around a body included. */
  types: ReadonlyMap<string, number>;
  dims: ReadonlyMap<string, readonly Dimension[] | null>;
  /** Constants around a body. */
  constants?: ReadonlyMap<string, TensorProto>;
  /** Names of tensors anywhere in the model; new ones are added. */
  taken: Set<string>;
  refuse(node: NodeProto, reason: string): never;
}

/** What has to be done with a node, oldest version first. */
export function conversionsOf(node: NodeProto, { from, to }: ConversionOptions['versions']): Conversion[] {
  if (toDomain(node.domain) !== DEFAULT_DOMAIN) return [];
  let operator = node.opType;
  const found: Conversion[] = [];
  for (let version = from + 1; version <= to; version += 1) {
    const conversion = conversions[version]?.[operator];
    if (conversion === undefined) continue;
    found.push(conversion);
    operator = conversion.becomes ?? operator;
  }
  return found;
}

/** Converts the nodes of a graph or function and of all bodies in it, in place. */
export function convertNodes(owner: NodeOwner, options: ConversionOptions): void {
  const constants = new Map([...(options.constants ?? []), ...ownConstants(owner)]);
  const read = new Set(owner.node.flatMap((node) => [...readsOf(node)]));
  for (const output of owner.output) read.add(typeof output === 'string' ? output : output.name);
  const added = new Map<string, string>();
  owner.node = owner.node.flatMap((node) => {
    const before: NodeProto[] = [];
    const after: NodeProto[] = [];
    const scope = createScope(node, { ...options, constants, read, added, before, after });
    convertNode(node, scope, options.versions);
    for (const body of bodiesOf(node)) convertBody(body, { ...options, constants });
    return [...before, node, ...after];
  });
}

function convertNode(node: NodeProto, scope: ConversionScope, versions: ConversionOptions['versions']): void {
  if (toDomain(node.domain) !== DEFAULT_DOMAIN) return;
  if (!knownOperators.has(node.opType)) scope.refuse('it is no operator of a published set');
  const steps = conversionsOf(node, versions);
  const parameter = node.attribute.find(({ refAttrName }) => refAttrName !== '');
  if (steps.length > 0 && parameter !== undefined) {
    scope.refuse(`its attribute ${parameter.name} is a parameter of the function around it`);
  }
  for (const step of steps) step.apply(node, scope);
}

function convertBody(body: GraphProto, options: ConversionOptions): void {
  const stated = [...body.valueInfo, ...body.input, ...body.output].map(toTensorInfo);
  const dims = new Map([...options.dims, ...stated.map((info) => [info.name, info.dims] as const)]);
  convertNodes(body, { ...options, dims, types: inferElementTypes({ graph: body }, options.types) });
}

function* ownConstants(owner: NodeOwner): Generator<[string, TensorProto]> {
  if ('initializer' in owner) for (const tensor of owner.initializer) yield [tensor.name, tensor];
  for (const node of owner.node) {
    const tensor = node.opType === 'Constant' ? tensorAttribute(node, 'value') : null;
    if (tensor !== null) yield [node.output[0] ?? '', tensor];
  }
}

interface ScopeParts extends Required<ConversionOptions> {
  read: ReadonlySet<string>;
  /** Names of constants of this graph that conversions added, by what they are. */
  added: Map<string, string>;
  before: NodeProto[];
  after: NodeProto[];
}

function createScope(node: NodeProto, parts: ScopeParts): ConversionScope {
  const { source, types, dims, constants, taken, read, added, before, after } = parts;
  function constant(stem: string, dataType: number, shape: readonly number[], data: Uint8Array): string {
    const key = `${dataType} ${shape.join(',')} ${Buffer.from(data).toString('hex')}`;
    const known = added.get(key);
    if (known !== undefined) return known;
    const name = claimName(taken, stem);
    added.set(key, name);
    before.push(constantNode(name, dataType, shape, data));
    return name;
  }
  function refuse(reason: string): never {
    return parts.refuse(node, reason);
  }
  return {
    typeOf: (tensor) => types.get(tensor),
    dimsOf: (tensor) => dims.get(tensor) ?? null,
    constantOf(tensor) {
      const found = constants.get(tensor);
      return found === undefined ? null : [...readTensor(source, found).values].map(Number);
    },
    isRead: (tensor) => read.has(tensor),
    freeName: (stem) => claimName(taken, stem),
    integers: (stem, values) =>
      constant(stem, DataType.INT64, [values.length], new Uint8Array(BigInt64Array.from(values).buffer)),
    floats: (stem, dataType, shape, values) =>
      constant(stem, dataType, shape, packFloats(dataType, values) ?? refuse('the type of its input is not known')),
    addBefore: (one) => before.push(one),
    addAfter: (one) => after.push(one),
    refuse,
  };
}
