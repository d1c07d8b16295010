import { describe, expect, it } from 'vitest';
import { judgePlacement } from '../../../src/core/measure/placement/judge-placement.ts';
import { readPlacement } from '../../../src/core/measure/placement/read-placement.ts';
import type { ProfiledNode } from '../../../src/engine/protocol.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { labelProvider } from '../../../src/shared/placement-label.ts';

function node(operator: string, onCpu: boolean, durationNs: number, gpuNs: number | null = null): ProfiledNode {
  return {
    name: operator,
    operator,
    provider: onCpu ? 'CPUExecutionProvider' : 'WebGpuExecutionProvider',
    index: 0,
    calls: 1,
    durationsNs: [durationNs, durationNs, 50 * durationNs],
    gpuNs,
    inputs: [],
    outputs: [],
    parameterBytes: 0,
    activationBytes: 0,
    outputBytes: 0,
  };
}

/** Three runs of 10 ms, the last of which something else disturbed. */
const runs = { runsNs: [10e6, 10e6, 400e6], hostNs: [11e6, 11e6, 401e6] };

describe('where the nodes of a profile ran', () => {
  it('is told by the clock of the device where the provider records it', () => {
    const nodes = [node('MatMul', false, 1e5, 6e6), node('MemcpyToHost', false, 1e5), node('Det', true, 2e6)];
    expect(readPlacement({ ...runs, nodes }, 5.5e6)).toEqual({
      label: 'mixed',
      deviceShare: 0.75,
      clock: 'device',
      providers: [
        { provider: 'WebGpuExecutionProvider', nodes: 2, share: 0.75 },
        { provider: 'CPUExecutionProvider', nodes: 1, share: 0.25 },
      ],
      memcpyNodes: 1,
      onCpu: [{ operator: 'Det', nodes: 1, share: 0.25 }],
      runs: 3,
      overheadRatio: 2,
    });
  });

  it('is what nodes on the CPU leave of a run where only enqueueing was timed', () => {
    const nodes = [node('MatMul', false, 1e5), node('Gather', true, 5e4), node('Gather', true, 5e4)];
    const placement = readPlacement({ ...runs, nodes }, null);
    expect(placement).toMatchObject({ label: 'device', clock: 'run', overheadRatio: null });
    expect(placement?.deviceShare).toBeCloseTo(0.99, 10);
    expect(placement?.onCpu).toEqual([{ operator: 'Gather', nodes: 2, share: 0.01 }]);
  });

  it.each([
    [0.98e6, 'device'],
    [1.02e6, 'mixed'],
    [49e6, 'mixed'],
    [51e6, 'cpu'],
  ])('%d ns of 100 ms on the CPU make it "%s" at 99 % and 50 %', (cpuNs, label) => {
    const nodes = [node('MatMul', false, 0, 100e6 - cpuNs), node('Det', true, cpuNs)];
    expect(readPlacement({ ...runs, nodes }, null)?.label).toBe(label);
  });

  it('is the CPU where a session has no node on the device, and unknown without a run', () => {
    expect(readPlacement({ ...runs, nodes: [node('Det', true, 1e6)] }, null)).toMatchObject({
      label: 'cpu',
      deviceShare: 0,
      memcpyNodes: 0,
    });
    expect(readPlacement({ runsNs: [], hostNs: [], nodes: [] }, null)).toBeNull();
  });
});

describe('the name that a result may bear', () => {
  const placement = (cpuNs: number) => {
    const nodes = [node('MatMul', false, 0, 100e6 - cpuNs), node('Det', true, cpuNs)];
    return present(readPlacement({ ...runs, nodes }, null)!);
  };

  it('is that of the device at 99 % of the time, and is qualified below', () => {
    expect(labelProvider('webgpu', placement(0.5e6))).toBe('webgpu');
    expect(judgePlacement('webgpu', placement(0.5e6))).toBeNull();
    expect(labelProvider('webgpu', placement(30e6))).toBe('webgpu, mixed');
    expect(judgePlacement('webgpu', placement(30e6))).toMatchObject({
      code: 'PLACEMENT_MIXED',
      severity: 'remark',
      reason: '70.0 % of the time was spent on the device of WebGPU; the processor ran 1 × Det.',
    });
  });

  it('is not that of the device where the processor did most of the work', () => {
    expect(labelProvider('webgpu', placement(60e6))).toBe('cpu (webgpu asked)');
    expect(judgePlacement('webgpu', placement(60e6))).toMatchObject({ code: 'PLACEMENT_CPU', severity: 'invalid' });
  });

  it('keeps the reason why it is not known', () => {
    expect(judgePlacement('cuda', undefined)?.code).toBe('PLACEMENT_NOT_PROVED');
    expect(judgePlacement('cuda', absent('the profiling pass failed'))?.reason).toContain('the profiling pass failed');
    expect(judgePlacement('cpu', undefined)).toBeNull();
  });
});
