import type { ProfiledValue, ProfileNode, ProfileOperator } from '../../shared/domain/profile.ts';

/** Nodes of one operator, class and provider with the same shapes together, most time first. */
export function groupOperators(nodes: readonly ProfileNode[]): ProfileOperator[] {
  const groups = new Map<string, ProfileOperator>();
  for (const [index, node] of nodes.entries()) {
    const { operator, class: kind, provider, inputs, outputs, timeNs, share, flops } = node;
    const key = [operator, kind, provider, toKey(inputs), toKey(outputs)].join(' ');
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { operator, class: kind, provider, inputs, outputs, nodes: [index], timeNs, share, flops });
      continue;
    }
    group.nodes.push(index);
    group.timeNs += timeNs;
    group.share = Math.min(1, group.share + share);
    group.flops = group.flops === null || flops === null ? null : group.flops + flops;
  }
  return [...groups.values()].toSorted((left, right) => right.share - left.share);
}

function toKey(values: readonly ProfiledValue[]): string {
  return values.map(({ type, dims }) => `${type}[${dims.join(',')}]`).join(';');
}
