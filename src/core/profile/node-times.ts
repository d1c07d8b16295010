import type { ProfiledNode } from '../../engine/protocol.ts';
import type { ProfileNode } from '../../shared/domain/profile.ts';

/** Providers whose nodes have computed when they return; the others only hand their work to a device. */
const synchronous = new Set(['CPUExecutionProvider', 'CoreMLExecutionProvider']);

export type NodeTime = Pick<ProfileNode, 'timeNs' | 'clock' | 'hostNs'>;

/** Whether a node only copies between host and device. */
export function isCopy(operator: string): boolean {
  return operator === 'MemcpyFromHost' || operator === 'MemcpyToHost';
}

/**
 * Time of each node in one query, in the order in which they ran. Where the device has a clock, the time in which a copy
 * to the host waits for earlier work is that work's, so it is taken off the copy.
 */
export function readNodeTimes(nodes: readonly ProfiledNode[], hostTimeOf: (node: ProfiledNode) => number): NodeTime[] {
  const hasDeviceClock = nodes.some(({ gpuNs }) => gpuNs !== null);
  let unfinishedNs = 0;
  return nodes.map((node): NodeTime => {
    const hostNs = hostTimeOf(node);
    if (node.gpuNs !== null) {
      unfinishedNs += node.gpuNs;
      return { timeNs: node.gpuNs, clock: 'device', hostNs };
    }
    if (synchronous.has(node.provider)) return { timeNs: hostNs, clock: 'host', hostNs };
    if (!hasDeviceClock || node.operator !== 'MemcpyToHost') return { timeNs: hostNs, clock: 'enqueue', hostNs };
    const timeNs = Math.max(0, hostNs - unfinishedNs);
    unfinishedNs = Math.max(0, unfinishedNs - hostNs);
    return { timeNs, clock: 'host', hostNs };
  });
}
