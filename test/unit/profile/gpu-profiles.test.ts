import { describe, expect, it } from 'vitest';
import { diagnose, type DiagnosedProfile } from '../../../src/core/profile/diagnose.ts';
import { notSeparable, readQueryParts } from '../../../src/core/profile/query-parts.ts';
import { readPasses } from '../../../src/core/profile/read-passes.ts';
import type { ProviderId } from '../../../src/shared/domain/provider.ts';
import type { ProfiledNode } from '../../../src/engine/protocol.ts';
import { nanoseconds, profileRecord, readWithoutGraph } from '../../support/profile-record.ts';
import { profiledNode } from '../../support/profiled-node.ts';

const onGpu = (name: string, gpuNs: number | null, hostNs: number, operator = 'Conv'): ProfiledNode =>
  profiledNode({ name, operator, provider: 'WebGpuExecutionProvider', gpuNs }, hostNs);
const steady = Array.from({ length: 20 }, (_, run) => 1_000_000 + run);

function diagnosed(provider: ProviderId, profiled: readonly ProfiledNode[]): DiagnosedProfile {
  const nodes = readWithoutGraph(profiled);
  return {
    provider,
    placement: profileRecord(nodes).placement,
    parts: readQueryParts(provider, nanoseconds(1_000_000), nodes, 20),
    passes: readPasses(steady, steady),
    measuredVariation: null,
  };
}

const codes = (profile: DiagnosedProfile): string[] => diagnose(profile).map(({ code }) => code);

describe('times of nodes', () => {
  it('are those of the device where it has a clock, and the time to hand over stays known', () => {
    const [kernel] = readWithoutGraph([onGpu('a', 40_000, 2000)]);
    expect(kernel).toMatchObject({ timeNs: 40_000, clock: 'device', hostNs: 2000, share: 1 });
  });

  it('take off a copy to the host the time in which it waited for the device', () => {
    const nodes = readWithoutGraph([
      onGpu('a', 40_000, 2000),
      onGpu('copy', null, 45_000, 'MemcpyToHost'),
      onGpu('b', 10_000, 2000),
      onGpu('copy2', null, 4000, 'MemcpyToHost'),
    ]);
    expect(nodes.map(({ timeNs }) => timeNs)).toEqual([40_000, 5000, 10_000, 0]);
  });

  it('say that they are only those of handing over where the device has no clock', () => {
    const [kernel] = readWithoutGraph([profiledNode({ name: 'a', provider: 'CUDAExecutionProvider' })]);
    expect(kernel).toMatchObject({ clock: 'enqueue', timeNs: 1000 });
  });
});

describe('parts of a query', () => {
  it('are told apart by the clock of the device', () => {
    const { parts } = diagnosed('webgpu', [
      onGpu('in', 7000, 100, 'MemcpyFromHost'),
      onGpu('a', 40_000, 2000),
      onGpu('b', 10_000, 1000),
      onGpu('out', 3000, 100, 'MemcpyToHost'),
    ]);
    const values = [parts.copyIn, parts.compute, parts.copyOut, parts.enqueue].map((part) =>
      part.status === 'present' ? part.value.value : part.reason,
    );
    expect(values).toEqual([7000, 50_000, 3000, 3000]);
    expect(parts.hostToHost.value).toBe(1_000_000);
  });

  it('are "not separable with this provider" without that clock', () => {
    const { parts } = diagnosed('cuda', [profiledNode({ name: 'a', provider: 'CUDAExecutionProvider' })]);
    for (const part of [parts.copyIn, parts.compute, parts.copyOut, parts.enqueue])
      expect(part).toMatchObject({ status: 'absent', reason: notSeparable });
    expect(notSeparable).toBe('not separable with this provider');
  });

  it('have no copies on the CPU, where all of the nodes compute', () => {
    const { parts } = diagnosed('cpu', [profiledNode({ name: 'a' }), profiledNode({ name: 'b' }, 500)]);
    expect(parts.compute).toMatchObject({ value: { value: 1500 } });
    expect(parts.copyIn).toMatchObject({ status: 'absent', reason: expect.stringContaining('host memory') as string });
  });
});

describe('diagnoses', () => {
  it('find nothing in a device that computes most of the time', () => {
    expect(codes(diagnosed('webgpu', [onGpu('a', 40_000, 2000)]))).toEqual([]);
  });

  it('call it host-bound where handing over takes more than 0.8 of computing, and not at 0.8', () => {
    expect(codes(diagnosed('webgpu', [onGpu('a', 10_000, 8000)]))).toEqual([]);
    expect(codes(diagnosed('webgpu', [onGpu('a', 10_000, 8001)]))).toEqual(['HOST_BOUND']);
  });

  it('call it copy-bound from where both copies together take as long as computing', () => {
    const copies = (ns: number) => [
      onGpu('in', ns, 10, 'MemcpyFromHost'),
      onGpu('a', 10_000, 10),
      onGpu('out', 5000, 10, 'MemcpyToHost'),
    ];
    expect(codes(diagnosed('webgpu', copies(4999)))).toEqual([]);
    expect(codes(diagnosed('webgpu', copies(5000)))).toEqual(['COPY_BOUND']);
  });

  it('call it unstable above 2.5 % of variation, and by the measured samples where there are any', () => {
    const profile = diagnosed('webgpu', [onGpu('a', 40_000, 2000)]);
    const unsteady = { ...profile, passes: { ...profile.passes, variation: 0.03 } };
    expect(codes(unsteady)).toEqual(['UNSTABLE']);
    expect(codes({ ...unsteady, measuredVariation: { coefficient: 0.02, n: 600 } })).toEqual([]);
    expect(codes({ ...profile, measuredVariation: { coefficient: 0.026, n: 600 } })).toEqual(['UNSTABLE']);
  });

  it('take the name from a result that ran elsewhere, and warn of a mixed one', () => {
    const profile = diagnosed('webgpu', [onGpu('a', 40_000, 2000)]);
    const placed = (label: 'mixed' | 'cpu', deviceShare: number) =>
      diagnose({ ...profile, placement: { ...profile.placement, label, deviceShare } });
    expect(placed('mixed', 0.9)).toMatchObject([{ severity: 'remark' }]);
    expect(placed('cpu', 0.2)).toMatchObject([{ severity: 'invalid' }]);
  });

  it('warn of a profiler that costs more than half of the time again', () => {
    const profile = diagnosed('webgpu', [onGpu('a', 40_000, 2000)]);
    const slow = readPasses(
      steady,
      steady.map((ns) => 2 * ns),
    );
    expect(slow.overhead.value).toBeCloseTo(2, 9);
    expect(codes({ ...profile, passes: slow })).toEqual(['PROFILER_HEAVY']);
  });

  it('give each finding something to do', () => {
    const findings = diagnose({
      ...diagnosed('webgpu', [onGpu('in', 9000, 9000, 'MemcpyFromHost'), onGpu('a', 9000, 9000)]),
      measuredVariation: { coefficient: 1, n: 10 },
    });
    expect(findings.map(({ code }) => code)).toEqual(['HOST_BOUND', 'COPY_BOUND', 'UNSTABLE']);
    for (const { remedy } of findings) expect(remedy).toMatch(/\.$/);
  });
});
