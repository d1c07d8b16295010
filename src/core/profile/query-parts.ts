import type { ProfileNode, QueryParts } from '../../shared/domain/profile.ts';
import { absent, present, type Observed, type Reading } from '../../shared/domain/provenance.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { isCopy } from './node-times.ts';

/** The words of the method for a part that the provider does not tell apart. */
export const notSeparable = 'not separable with this provider';
const inHostMemory = 'the provider computes in host memory, so nothing is copied';

type TimedNode = Pick<ProfileNode, 'operator' | 'provider' | 'clock' | 'timeNs' | 'hostNs'>;

/**
 * Takes one query apart: copy in, compute, copy out, and the time to hand work over. The parts come from the profiled
 * runs, so they do not add up to the headline, which comes from runs without the profiler.
 */
export function readQueryParts(
  provider: ProviderId,
  hostToHost: Reading,
  nodes: readonly TimedNode[],
  runs: number,
): QueryParts {
  const measured = (valueNs: number): Observed<Reading> =>
    present({ value: valueNs, unit: 'ns', kind: 'measured', interval: null, n: runs });
  const sum = (some: readonly TimedNode[], time: 'timeNs' | 'hostNs'): Observed<Reading> =>
    measured(some.reduce((total, node) => total + node[time], 0));
  if (provider === 'cpu') {
    return {
      hostToHost,
      copyIn: absent(inHostMemory),
      compute: sum(nodes, 'timeNs'),
      copyOut: absent(inHostMemory),
      enqueue: absent('the calling thread computes, so nothing is handed over'),
    };
  }
  const kernels = nodes.filter(({ operator }) => !isCopy(operator));
  const onDevice = kernels.filter(({ clock }) => clock === 'device');
  return {
    hostToHost,
    copyIn: readCopies(nodes, 'MemcpyFromHost', sum),
    compute: onDevice.length === 0 ? absent(notSeparable) : sum(onDevice, 'timeNs'),
    copyOut: readCopies(nodes, 'MemcpyToHost', sum),
    enqueue: onDevice.length === 0 ? absent(notSeparable) : sum(onDevice, 'hostNs'),
  };
}

/** Only what the device's clock has seen: without it a copy and the work that it waits for are one. */
function readCopies(
  nodes: readonly TimedNode[],
  operator: string,
  sum: (nodes: readonly TimedNode[], time: 'timeNs') => Observed<Reading>,
): Observed<Reading> {
  const copies = nodes.filter((node) => node.operator === operator);
  const isTimed = copies.length > 0 && copies.every(({ clock }) => clock === 'device');
  return isTimed ? sum(copies, 'timeNs') : absent(notSeparable);
}
