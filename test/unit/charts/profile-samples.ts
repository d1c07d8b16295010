import type { ProfileOperator } from '../../../src/shared/domain/profile.ts';
import { absent, present, type Reading } from '../../../src/shared/domain/provenance.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import type { Roofline } from '../../../src/shared/domain/roofline.ts';

/** So many operators, the first with most of the time, in kinds of three shapes each. */
export function sampleOperators(count: number): ProfileOperator[] {
  const total = (count * (count + 1)) / 2;
  return Array.from({ length: count }, (_, index) => ({
    operator: `Kind${Math.floor(index / 3)}`,
    class: 'float' as const,
    provider: 'CPUExecutionProvider',
    inputs: [{ type: 'float', dims: [1, index + 1] }],
    outputs: [{ type: 'float', dims: [1, index + 1] }],
    nodes: [index],
    timeNs: (count - index) * 1_000,
    share: (count - index) / total,
    flops: null,
  }));
}

function rate(value: number, unit: Reading['unit'] = 'FLOP/s'): Reading {
  return { value, unit, kind: 'measured', interval: null, n: 20 };
}

/** A model that computes at this rate, on a machine with a peak of 100 GFLOP/s and 10 GB/s. */
export function sampleRoofline(achieved: number): Roofline {
  return {
    peaks: {
      provider: 'cpu',
      threads: 0,
      machineFingerprint: sha256Schema.parse('a'.repeat(64)),
      onnxruntime: '1.30.0',
      measuredAt: '2026-01-02T03:04:05.000Z',
      durationS: 4,
      otherLoad: 0.01,
      products: {
        float32: present(rate(1e11)),
        float16: absent('the CPU computes FP16 in FP32'),
        int8: present(rate(3e11, 'OP/s')),
      },
      float32OneThread: present(rate(5e10)),
      copy: present(rate(1e10, 'B/s')),
      copyArrayBytes: 2 ** 28,
    },
    precision: 'float32',
    flops: achieved === 0 ? 0 : 4e9,
    traffic: { weightBytes: 1e8, activationBytes: 1e7, compulsoryBytes: 1e8 },
    uncounted: {},
    flopsPerByte: achieved === 0 ? 0 : 40,
    achieved: rate(achieved),
    peakShare: present({ ...rate(achieved / 1e11, 'ratio'), kind: 'computed' }),
    attainable: present({ rate: rate(1e11), limit: 'compute', achievedShare: rate(achieved / 1e11, 'ratio') }),
    classes: [],
  };
}
