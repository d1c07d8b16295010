import type { ProfiledNode } from '../../../engine/protocol.ts';
import type { Kernels } from '../../../shared/domain/comparison.ts';
import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import { findIslands, findWeightReaders } from './islands.ts';
import { matchNodes } from './match-nodes.ts';
import { classifyOperator, type OperatorClass } from './operator-class.ts';
import type { ModelProfile } from './profile-model.ts';
import { createSourceLabels } from './source-labels.ts';

/**
 * Which kernels a model ran with, from its profile and its optimized graph. Shares of time are those of the faster half
 * of the profiled runs, in which nothing else disturbed; islands and weights need the graph (docs/method/quality.md).
 */
export function readKernels({ profile, graph }: ModelProfile, source: GraphProto): Kernels {
  const timeOf = createTimes(profile.runsNs);
  const total = profile.nodes.reduce((sum, node) => sum + timeOf(node), 0);
  const shareOf = (node: ProfiledNode | undefined) => (node === undefined || total === 0 ? 0 : timeOf(node) / total);
  const matched = graph === null ? new Map<NodeProto, ProfiledNode>() : matchNodes(graph, profile.nodes);
  const names = new Map([...matched].map(([node, profiled]) => [profiled, toOperatorName(node)]));
  const operators = groupOperators(profile.nodes, names, shareOf);
  const classOf = (node: NodeProto) => classifyNode(node, matched.get(node));
  const labelOf = graph === null ? null : createSourceLabels(source, graph);
  return {
    provider: mainProvider(profile.nodes, timeOf),
    operators,
    fusedNodes: operators
      .filter(({ class: one }) => one === 'integer' || one === 'weight-only')
      .reduce((sum, { nodes }) => sum + nodes, 0),
    islands:
      graph === null || labelOf === null
        ? []
        : joinIslands(
            findIslands(graph, classOf).map((node) => ({ ...labelOf(node), share: shareOf(matched.get(node)) })),
          ),
    weightConversions:
      graph === null || labelOf === null
        ? []
        : [...new Set(findWeightReaders(graph).map((node) => labelOf(node).node))],
  };
}

/** Parts of one operator of the model as one. */
function joinIslands(islands: Kernels['islands']): Kernels['islands'] {
  const joined = new Map<string, Kernels['islands'][number]>();
  for (const island of islands) {
    const known = joined.get(`${island.node} ${island.operator}`);
    if (known === undefined) joined.set(`${island.node} ${island.operator}`, island);
    else known.share = Math.min(1, known.share + island.share);
  }
  return [...joined.values()];
}

/** Mean over the runs that took no longer than the median one; what the GPU says where there is one. */
function createTimes(runsNs: readonly number[]): (node: ProfiledNode) => number {
  const hostTimeOf = createHostTimes(runsNs);
  return (node) => node.gpuNs ?? hostTimeOf(node);
}

/** Time of a node on the calling thread, ns: the mean over the runs that took no longer than the median one. */
export function createHostTimes(runsNs: readonly number[]): (node: ProfiledNode) => number {
  const median = runsNs.toSorted((left, right) => left - right)[Math.floor((runsNs.length - 1) / 2)] ?? 0;
  const quiet = runsNs.flatMap((run, index) => (run <= median ? [index] : []));
  return ({ durationsNs }) => quiet.reduce((sum, run) => sum + (durationsNs[run] ?? 0), 0) / Math.max(1, quiet.length);
}

/** The class of a node of the graph, by the types that its profile has. */
export function classifyNode(node: NodeProto, profiled: ProfiledNode | undefined): OperatorClass {
  const types = profiled === undefined ? [] : typesOf(profiled);
  return classifyOperator({ operator: node.opType, types });
}

function typesOf({ inputs, outputs }: ProfiledNode): string[] {
  return [...inputs, ...outputs].map(({ type }) => type);
}

function groupOperators(
  nodes: readonly ProfiledNode[],
  names: ReadonlyMap<ProfiledNode, string>,
  shareOf: (node: ProfiledNode) => number,
): Kernels['operators'] {
  const groups = new Map<string, Kernels['operators'][number]>();
  for (const node of nodes) {
    const operator = names.get(node) ?? node.operator;
    const one = classifyOperator({ operator: node.operator, types: typesOf(node) });
    const group = groups.get(`${operator} ${one}`) ?? { operator, nodes: 0, share: 0, class: one };
    group.nodes++;
    group.share = Math.min(1, group.share + shareOf(node));
    groups.set(`${operator} ${one}`, group);
  }
  return [...groups.values()].toSorted((left, right) => right.share - left.share);
}

/** Where most of the time went; a model is seldom whole on one provider. */
function mainProvider(nodes: readonly ProfiledNode[], timeOf: (node: ProfiledNode) => number): string {
  const times = new Map<string, number>();
  for (const node of nodes) times.set(node.provider, (times.get(node.provider) ?? 0) + timeOf(node));
  return [...times].toSorted(([, left], [, right]) => right - left)[0]?.[0] ?? 'none';
}
