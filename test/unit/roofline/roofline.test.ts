import { describe, expect, it } from 'vitest';
import { chooseArrayBytes, defaultPeakRules } from '../../../src/core/roofline/measure-peaks.ts';
import { toWork } from '../../../src/core/roofline/count-work.ts';
import {
  judgePlausibility,
  lastLevelCacheBytes,
  readRoofline,
  type RooflineInput,
} from '../../../src/core/roofline/read-roofline.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import { absent, present, type Reading, type Unit } from '../../../src/shared/domain/provenance.ts';
import type { MachinePeaks } from '../../../src/shared/domain/roofline.ts';
import { nanoseconds, readWithoutGraph } from '../../support/profile-record.ts';
import { profiledNode } from '../../support/profiled-node.ts';

function measured(value: number, unit: Unit): Reading {
  return { value, unit, kind: 'measured', interval: null, n: 10 };
}

/** 100 GFLOP/s, 400 GOP/s and 10 GB/s: balanced at 10 operations a byte. */
const peaks: MachinePeaks = {
  provider: 'cpu',
  threads: 1,
  machineFingerprint: sha256Schema.parse('a'.repeat(64)),
  onnxruntime: '1.30.0',
  measuredAt: '2026-01-02T03:04:05.000Z',
  durationS: 5,
  otherLoad: 0.01,
  products: {
    float32: present(measured(100e9, 'FLOP/s')),
    float16: absent('the provider computes float16 in float32'),
    int8: present(measured(400e9, 'OP/s')),
  },
  float32OneThread: present(measured(100e9, 'FLOP/s')),
  copy: present(measured(10e9, 'B/s')),
  copyArrayBytes: 2 ** 28,
};
const integers = { inputs: [{ type: 'uint8', dims: [4] }], outputs: [{ type: 'uint8', dims: [4] }] };

/** One query of a millisecond with 50 MFLOP: 50 GFLOP/s, half of the peak. */
function input(changes: Partial<RooflineInput> = {}): RooflineInput {
  const nodes = readWithoutGraph([profiledNode({ name: 'a' }, 800_000), profiledNode({ name: 'b', operator: 'Relu' })]);
  return {
    peaks,
    work: { flops: 50e6, traffic: { weightBytes: 4e6, activationBytes: 2e6, compulsoryBytes: 5e6 }, uncounted: {} },
    hostToHost: nanoseconds(1e6),
    nodes: nodes.map((node, index) => ({ ...node, flops: index === 0 ? 40e6 : null })),
    lastLevelCacheBytes: 1e6,
    ...changes,
  };
}

describe('the roofline of a model', () => {
  it('is its operations over its time, as a share of the peak of what it computes on', () => {
    const roofline = readRoofline(input());
    expect(roofline).toMatchObject({ precision: 'float32', flopsPerByte: 10 });
    expect(roofline.achieved).toMatchObject({ value: 50e9, unit: 'FLOP/s', kind: 'computed' });
    expect(roofline.peakShare).toMatchObject({ value: { value: 0.5 } });
    // 40 MFLOP in 0.8 ms of the profile; nodes without a count are in no rate.
    expect(roofline.classes).toMatchObject([{ class: 'float', flops: 40e6 }]);
    expect(roofline.classes[0]?.achieved.value).toBeCloseTo(40e6 / 801e-6, 0);
  });

  it('turns the interval of the time around', () => {
    const interval = { low: 0.5e6, high: 2e6, level: 0.95, method: 'order statistics' };
    const { achieved } = readRoofline(input({ hostToHost: { ...nanoseconds(1e6), interval } }));
    expect(achieved.interval).toMatchObject({ low: 25e9, high: 100e9 });
  });

  it('is limited by memory below the balance of the machine, and by the peak above it', () => {
    const work = input().work;
    const at = (compulsoryBytes: number) =>
      readRoofline(input({ work: { ...work, traffic: { ...work.traffic, compulsoryBytes } } })).attainable;
    expect(at(10e6)).toMatchObject({ value: { limit: 'memory', rate: { value: 50e9 }, achievedShare: { value: 1 } } });
    expect(at(2e6)).toMatchObject({ value: { limit: 'compute', rate: { value: 100e9 } } });
  });

  it('is not limited by memory where the caches hold all of the model', () => {
    expect(readRoofline(input({ lastLevelCacheBytes: 5e6 })).attainable).toMatchObject({ value: { limit: 'compute' } });
  });

  it('is held against the peak of integers where these are most of the operations', () => {
    const nodes = input().nodes.map((node) => ({ ...node, class: 'integer' as const, ...integers }));
    const roofline = readRoofline(input({ nodes }));
    expect(roofline).toMatchObject({
      precision: 'int8',
      achieved: { unit: 'OP/s' },
      peakShare: { value: { value: 0.125 } },
    });
  });

  it('has no share where its peak could not be measured', () => {
    const half = { inputs: [{ type: 'float16', dims: [4] }], outputs: [] };
    const roofline = readRoofline(input({ nodes: input().nodes.map((node) => ({ ...node, ...half })) }));
    expect(roofline.peakShare).toMatchObject({ status: 'absent', reason: 'the provider computes float16 in float32' });
    expect(roofline.attainable).toMatchObject({ status: 'absent' });
  });

  it('tells no class by itself whose work was only handed over', () => {
    const nodes = input().nodes.map((node) => ({ ...node, clock: 'enqueue' as const }));
    expect(readRoofline(input({ nodes })).classes).toEqual([]);
  });
});

describe('the alarm', () => {
  const codes = (flops: number, sheet: number | null = null): string[] =>
    judgePlausibility(readRoofline(input({ work: { ...input().work, flops } })), sheet).map(({ code }) => code);

  it('is silent up to the tolerance above the peak, and sounds beyond it', () => {
    expect(codes(109e6)).toEqual([]);
    expect(codes(111e6)).toEqual(['IMPLAUSIBLE']);
  });

  it('sounds for a batch that the model does not compute', () => {
    const cost = { inputShapes: {}, macs: 2e7, flops: 4e7, activationBytes: 1e6, nodes: [], uncounted: {} };
    // Eight samples that take the time of one.
    const { flops } = toWork(cost, 8, 1e5);
    expect(codes(flops)).toEqual(['IMPLAUSIBLE']);
    expect(codes(toWork(cost, 1, 1e5).flops)).toEqual([]);
  });

  it('does not sound by peaks that were measured beside other work, and says so', () => {
    const roofline = readRoofline(
      input({ peaks: { ...peaks, otherLoad: 0.3 }, work: { ...input().work, flops: 1e9 } }),
    );
    expect(judgePlausibility(roofline, null).map(({ code }) => code)).toEqual(['PEAKS_DISTURBED']);
  });

  it('tells TF32 from FP32 by the data sheet', () => {
    expect(codes(50e6, 95e9)).toEqual([]);
    expect(codes(50e6, 80e9)).toEqual(['TF32']);
  });

  it('says what to check', () => {
    const roofline = readRoofline(input({ work: { ...input().work, flops: 1e9 } }));
    const [finding] = judgePlausibility(roofline, null);
    expect(finding).toMatchObject({ severity: 'invalid' });
    expect(finding?.reason).toContain('1,000 %');
    expect(finding?.remedy).toMatch(/batch .* model .* TF32/);
  });
});

describe('the copied array', () => {
  const machine = (cacheBytes: number, memoryBytes: number) =>
    ({
      cpu: {
        caches: present([
          { level: 2, kind: 'unified', sizeBytes: 2 ** 21, sharedByCpus: 1, instances: 2 },
          { level: 3, kind: 'unified', sizeBytes: cacheBytes, sharedByCpus: 2, instances: 2 },
        ]),
      },
      memory: { usableBytes: present(memoryBytes) },
    }) as unknown as MachineReport;

  it('is beyond all instances of the last-level cache', () => {
    expect(lastLevelCacheBytes(machine(2 ** 25, 2 ** 40))).toBe(2 ** 26);
    expect(chooseArrayBytes(machine(2 ** 25, 2 ** 40), defaultPeakRules)).toBe(2 ** 28);
  });

  it('is never an eighth of the memory or more than the rules allow', () => {
    expect(chooseArrayBytes(machine(2 ** 25, 2 ** 30), defaultPeakRules)).toBe(2 ** 27);
    expect(chooseArrayBytes(machine(2 ** 30, 2 ** 40), defaultPeakRules)).toBe(2 ** 29);
  });
});
