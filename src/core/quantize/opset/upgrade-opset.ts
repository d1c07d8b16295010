import { create } from '@bufbuild/protobuf';
import type { TensorInfo } from '../../../shared/domain/model.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { ModelProto, NodeProto, OperatorSetIdProto } from '../../onnx/gen/onnx_pb.js';
import { GraphProtoSchema } from '../../onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../onnx/read.ts';
import { inferElementTypes } from '../../onnx/tensor-types.ts';
import { allNodes, DEFAULT_DOMAIN, toDomain, toOperatorName } from '../../onnx/walk.ts';
import { tensorNames } from '../graph/scopes.ts';
import { toLabel } from '../recipe/node-reports.ts';
import { conversionsOf, convertNodes, type NodeOwner } from './convert-nodes.ts';
import { newestConversion, oldestConversion } from './operator-versions.ts';

/** Versions of the default operator set, before and after a conversion. */
export interface OpsetUpgrade {
  from: number;
  to: number;
}

/**
 * Converts a model, in memory, up to an operator set: the main graph, bodies of control flow and model-local functions,
 * with the same outputs. `describe` gives types and dimensions of the tensors of the main graph and is asked only where
 * a conversion depends on them. Null where the model is as new already. Throws MODEL_OPSET_TOO_OLD with the name of an
 * operator that cannot be converted; the model is then half converted and of no use.
 */
export async function upgradeOpset(
  loaded: LoadedModel,
  to: number,
  describe: () => Promise<ReadonlyMap<string, TensorInfo>>,
): Promise<OpsetUpgrade | null> {
  const { model, graph } = loaded;
  const stated = findDefault(model.opsetImport);
  const from = Number(stated?.version ?? 0n);
  if (from >= to) return null;
  const versions = { from, to };
  if (stated === undefined || from < oldestConversion || to > newestConversion) throw tooOld(loaded, versions);
  const refuse = (node: NodeProto, reason: string): never => {
    throw tooOld(loaded, versions, { node, reason });
  };
  const described = needsDescription(model, versions) ? await describe() : new Map<string, TensorInfo>();
  const shared = { source: loaded, taken: allNames(model), refuse };
  const types = new Map(inferElementTypes(loaded));
  for (const [name, { type }] of described) types.set(name, floatTypes[type] ?? DataType.UNDEFINED);
  // ONNX Runtime gives no dimensions both to a scalar and where it does not know how many there are.
  const dims = new Map(
    [...described].filter(([, info]) => info.dims?.length !== 0).map(([name, info]) => [name, info.dims]),
  );
  convertNodes(graph, { ...shared, versions, types, dims });
  for (const definition of model.functions) {
    const own = findDefault(definition.opsetImport);
    // One that uses nothing of the default domain states no version of it.
    if (own === undefined || Number(own.version) >= to) continue;
    const { node, valueInfo } = definition;
    const inside = inferElementTypes({ graph: create(GraphProtoSchema, { node, valueInfo }) });
    const ownVersions = { from: Number(own.version), to };
    convertNodes(definition, { ...shared, versions: ownVersions, types: inside, dims: new Map() });
    own.version = BigInt(to);
  }
  stated.version = BigInt(to);
  const irVersion = firstIrVersion(to);
  if (model.irVersion < irVersion) model.irVersion = irVersion;
  return versions;
}

/** Types that an operator with bounds or padding had before it took them as inputs. */
const floatTypes: Readonly<Record<string, number>> = { float32: DataType.FLOAT, float64: DataType.DOUBLE };

/** IR version of the ONNX release that published an operator set: 1.6 set 11, 1.7 and 1.8 sets 12 and 13. */
function firstIrVersion(opset: number): bigint {
  return opset <= 11 ? 6n : 7n;
}

function needsDescription(model: ModelProto, versions: OpsetUpgrade): boolean {
  return [...allNodes(model)].some((node) =>
    conversionsOf(node, versions).some(({ asksForInput }) => asksForInput?.(node) === true),
  );
}

function findDefault(imports: readonly OperatorSetIdProto[]): OperatorSetIdProto | undefined {
  return imports.find(({ domain }) => toDomain(domain) === DEFAULT_DOMAIN);
}

/** Names of tensors in functions are their own, and still not given again: one set is simpler than many. */
function allNames(model: ModelProto): Set<string> {
  const names = tensorNames(model);
  for (const owner of model.functions satisfies readonly NodeOwner[]) {
    for (const { input, output } of owner.node) for (const name of [...input, ...output]) names.add(name);
  }
  return names;
}

function tooOld(
  { path }: LoadedModel,
  { from, to }: OpsetUpgrade,
  refused: { node: NodeProto; reason: string } | null = null,
): InferometerError {
  const uses = from === 0 ? 'states no version of the default operator set' : `uses operator set ${from}`;
  const start = `${path} ${uses}, and ${to} is needed`;
  const operator = refused === null ? null : toOperatorName(refused.node);
  return new InferometerError({
    code: 'MODEL_OPSET_TOO_OLD',
    message:
      refused === null
        ? `${start}.`
        : `${start}. Its node "${toLabel(refused.node)}" (${operator}) cannot be converted: ${refused.reason}.`,
    remedy: 'Export the model again with operator set 17, or choose the recipe int8-weight or int4-weight.',
    data: {
      path,
      opset: from,
      needed: to,
      ...(refused === null ? {} : { node: toLabel(refused.node), operator, reason: refused.reason }),
    },
  });
}
