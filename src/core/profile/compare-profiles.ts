import type {
  ComparedPart,
  ListedProfile,
  ProfileComparison,
  ProfileNode,
  ProfileRecord,
} from '../../shared/domain/profile.ts';
import { toOperatorFamily } from './operator-family.ts';

/** Nodes match where this much of the time of both sides is in nodes that both have by name. */
const matchedShare = 0.5;

/** What a list shows of a profile. */
function toListed({ id, cellId, plan, createdAt, label, placement, parts, passes }: ProfileRecord): ListedProfile {
  return {
    id,
    cellId,
    plan,
    createdAt,
    label,
    deviceShare: placement.deviceShare,
    hostToHostNs: parts.hostToHost.value,
    overhead: passes.overhead.value,
  };
}

/**
 * Two profiles side by side: by the nodes of the model that both were made of, or by kinds of operators where the two
 * have too few nodes in common. Times are shares of the time without the profiler, whose cost differs between the two.
 */
export function compareProfiles(baseline: ProfileRecord, candidate: ProfileRecord): ProfileComparison {
  const names = [nameSources(baseline), nameSources(candidate)] as const;
  const matchedBy =
    Math.min(sharedBy(names[0], names[1]), sharedBy(names[1], names[0])) >= matchedShare ? 'node' : 'operator';
  const keyOf = (node: ProfileNode): string =>
    matchedBy === 'node'
      ? (node.source?.node ?? `added by the runtime: ${node.operator}`)
      : toOperatorFamily(node.operator);
  const left = sumParts(baseline, keyOf);
  const right = sumParts(candidate, keyOf);
  const rows = [...new Set([...left.keys(), ...right.keys()])].map((key) => {
    const [before, after] = [left.get(key) ?? null, right.get(key) ?? null];
    return {
      key,
      baseline: before,
      candidate: after,
      differenceNs: (after?.attributedNs ?? 0) - (before?.attributedNs ?? 0),
    };
  });
  return {
    baseline: toListed(baseline),
    candidate: toListed(candidate),
    matchedBy,
    rows: rows.toSorted((one, other) => Math.abs(other.differenceNs) - Math.abs(one.differenceNs)),
    remarks: remarkOn(baseline, candidate),
  };
}

/** Share of the time by node of the model. */
function nameSources({ nodes }: ProfileRecord): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { source, share } of nodes) {
    if (source !== null) shares.set(source.node, (shares.get(source.node) ?? 0) + share);
  }
  return shares;
}

/** Share of the time of one side in nodes that the other has as well. */
function sharedBy(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  return [...one].reduce((sum, [name, share]) => sum + (other.has(name) ? share : 0), 0);
}

function sumParts(
  { nodes, parts }: ProfileRecord,
  keyOf: (node: ProfileNode) => string,
): Map<string, NonNullable<ComparedPart>> {
  const sums = new Map<string, NonNullable<ComparedPart>>();
  for (const node of nodes) {
    const key = keyOf(node);
    const sum = sums.get(key) ?? { operators: [], providers: [], nodes: 0, share: 0, attributedNs: 0 };
    if (!sum.operators.includes(node.operator)) sum.operators.push(node.operator);
    if (!sum.providers.includes(node.provider)) sum.providers.push(node.provider);
    sum.nodes++;
    sum.share = Math.min(1, sum.share + node.share);
    sum.attributedNs += node.share * parts.hostToHost.value;
    sums.set(key, sum);
  }
  return sums;
}

function remarkOn(one: ProfileRecord, other: ProfileRecord): string[] {
  const differs = (pick: (record: ProfileRecord) => unknown): boolean =>
    JSON.stringify(pick(one)) !== JSON.stringify(pick(other));
  return [
    ...(differs(({ provenance }) => provenance.machineFingerprint)
      ? ['They were profiled on different machines.']
      : []),
    ...(differs(({ plan }) => plan.batch) ? ['Their batches differ: times are those of whole queries.'] : []),
    ...(differs(({ plan }) => plan.dims) ? ['Their dimensions have different sizes.'] : []),
    ...(differs(({ plan }) => plan.threads) ? ['They ran on different numbers of threads.'] : []),
    ...(differs(({ provenance }) => provenance.runtime.onnxruntime)
      ? ['They were profiled with different versions of ONNX Runtime.']
      : []),
  ];
}
