import type { ProfiledNode } from '../../engine/protocol.ts';
import type { ProfileNode } from '../../shared/domain/profile.ts';
import { matchNodes } from '../compare/kernels/match-nodes.ts';
import { classifyOperator } from '../compare/kernels/operator-class.ts';
import type { ModelProfile } from '../compare/kernels/profile-model.ts';
import { createHostTimes } from '../compare/kernels/read-kernels.ts';
import { createSourceLabels } from '../compare/kernels/source-labels.ts';
import type { GraphProto, NodeProto } from '../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../onnx/walk.ts';
import { createComputedNodes } from './find-computed.ts';
import { countNodeFlops, type FedTensors } from './node-flops.ts';
import { readNodeTimes } from './node-times.ts';

/**
 * The nodes of a profile in the order in which they ran, with their shares of the time, the nodes of the model that they
 * were made of, and their operations; the last two need the optimized graph. Shares sum to 1.
 */
export function readNodes({ profile, graph }: ModelProfile, source: GraphProto, fed: FedTensors): ProfileNode[] {
  const matched = graph === null ? new Map<NodeProto, ProfiledNode>() : matchNodes(graph, profile.nodes);
  const nodeOf = new Map([...matched].map(([node, profiled]) => [profiled, node]));
  const flops = graph === null ? new Map<ProfiledNode, number>() : countNodeFlops(graph, matched, fed);
  const labelOf = graph === null ? null : createSourceLabels(source, graph);
  const computedBy = createComputedNodes(source);
  const times = readNodeTimes(profile.nodes, createHostTimes(profile.runsNs));
  const totalNs = times.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return profile.nodes.map((profiled, position): ProfileNode => {
    const time = times[position]!;
    const node = nodeOf.get(profiled);
    const label = node === undefined ? undefined : labelOf?.(node);
    const types = [...profiled.inputs, ...profiled.outputs].map(({ type }) => type);
    return {
      name: profiled.name,
      operator: node === undefined ? profiled.operator : toOperatorName(node),
      class: classifyOperator({ operator: profiled.operator, types }),
      provider: profiled.provider,
      source: label === undefined ? null : computedBy(label, profiled.operator),
      calls: profiled.calls,
      ...time,
      // Where nothing took any time, every node took as much as the others.
      share: totalNs === 0 ? 1 / profile.nodes.length : Math.min(1, time.timeNs / totalNs),
      inputs: profiled.inputs,
      outputs: profiled.outputs,
      flops: flops.get(profiled) ?? null,
    };
  });
}
