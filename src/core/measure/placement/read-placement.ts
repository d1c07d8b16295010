import type { ProfiledNode, ProfileResult } from '../../../engine/protocol.ts';
import type { Placement } from '../../../shared/domain/placement.ts';

/** Share of the time that a result with the device's name spends there (docs/method/placement.md). Own rule. */
const deviceLimit = 0.99;
/** Below it the processor did most of the work, and the result cannot bear the device's name. Own rule. */
const cpuLimit = 0.5;

const cpuProvider = 'CPUExecutionProvider';
const memcpyOperators = new Set(['MemcpyFromHost', 'MemcpyToHost']);

/**
 * Where the nodes of a profile ran and what share of the time that was. `measuredMedianNs` is the median latency of the
 * measured part, for the overhead of the profile; null where there is none. A profile without a run has no placement.
 */
export function readPlacement(
  { runsNs, hostNs, nodes }: Pick<ProfileResult, 'runsNs' | 'hostNs' | 'nodes'>,
  measuredMedianNs: number | null,
): Placement | null {
  if (runsNs.length === 0) return null;
  const medianNs = lowerMedian(runsNs);
  const timeOnCpu = createCpuTimes(runsNs, medianNs);
  const onCpu = nodes.filter(({ provider }) => provider === cpuProvider);
  const onDevice = nodes.filter(({ provider }) => provider !== cpuProvider);
  const cpuNs = sum(onCpu.map(timeOnCpu));
  const clock = onDevice.some(({ gpuNs }) => gpuNs !== null) ? 'device' : 'run';
  // Nodes of a device only take the time to enqueue them; without its clock the device has what the CPU leaves of a run.
  const deviceTimeOf = (node: ProfiledNode): number => (clock === 'device' ? (node.gpuNs ?? 0) : timeOnCpu(node));
  const deviceNs =
    onDevice.length === 0 ? 0 : clock === 'device' ? sum(onDevice.map(deviceTimeOf)) : Math.max(0, medianNs - cpuNs);
  const totalNs = cpuNs + deviceNs;
  const deviceShare = totalNs > 0 ? deviceNs / totalNs : Number(onDevice.length > 0);
  const shareOfTotal = (ns: number): number => (totalNs > 0 ? Math.min(1, ns / totalNs) : 0);
  return {
    label: toLabel(deviceShare),
    deviceShare,
    clock,
    providers: [
      ...listDeviceProviders(onDevice, deviceTimeOf, deviceShare),
      ...(onCpu.length > 0 ? [{ provider: cpuProvider, nodes: onCpu.length, share: shareOfTotal(cpuNs) }] : []),
    ].toSorted((left, right) => right.share - left.share),
    memcpyNodes: nodes.filter(({ operator }) => memcpyOperators.has(operator)).length,
    onCpu: listOperators(onCpu, (node) => shareOfTotal(timeOnCpu(node))),
    runs: runsNs.length,
    overheadRatio:
      measuredMedianNs !== null && measuredMedianNs > 0 && hostNs.length > 0
        ? lowerMedian(hostNs) / measuredMedianNs
        : null,
  };
}

function toLabel(deviceShare: number): Placement['label'] {
  if (deviceShare >= deviceLimit) return 'device';
  return deviceShare < cpuLimit ? 'cpu' : 'mixed';
}

function lowerMedian(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) / 2)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Mean over the runs that took no longer than the median one, in which nothing else disturbed. */
function createCpuTimes(runsNs: readonly number[], medianNs: number): (node: ProfiledNode) => number {
  const quiet = runsNs.flatMap((run, index) => (run <= medianNs ? [index] : []));
  return ({ durationsNs }) => sum(quiet.map((run) => durationsNs[run] ?? 0)) / quiet.length;
}

/** The device's share of the time among its providers: one, unless a session has several. */
function listDeviceProviders(
  nodes: readonly ProfiledNode[],
  timeOf: (node: ProfiledNode) => number,
  deviceShare: number,
): Placement['providers'] {
  const groups = new Map<string, { nodes: number; ns: number }>();
  for (const node of nodes) {
    const group = groups.get(node.provider) ?? { nodes: 0, ns: 0 };
    groups.set(node.provider, { nodes: group.nodes + 1, ns: group.ns + timeOf(node) });
  }
  const totalNs = sum([...groups.values()].map(({ ns }) => ns));
  return [...groups].map(([provider, group]) => ({
    provider,
    nodes: group.nodes,
    share: deviceShare * (totalNs > 0 ? group.ns / totalNs : 1 / groups.size),
  }));
}

function listOperators(nodes: readonly ProfiledNode[], shareOf: (node: ProfiledNode) => number): Placement['onCpu'] {
  const groups = new Map<string, Placement['onCpu'][number]>();
  for (const node of nodes) {
    const group = groups.get(node.operator) ?? { operator: node.operator, nodes: 0, share: 0 };
    group.nodes++;
    group.share = Math.min(1, group.share + shareOf(node));
    groups.set(node.operator, group);
  }
  return [...groups.values()].toSorted((left, right) => right.share - left.share);
}
