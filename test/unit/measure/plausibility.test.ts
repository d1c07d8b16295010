import { expect, it } from 'vitest';
import { ceilingMacsPerS, ceilingOfProvider, macsPerSample } from '../../../src/core/measure/plausibility.ts';
import { findReferenceModel } from '../../../src/core/models/registry.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';

function machine(flags: string[], maxClockMHz: number | null): Pick<MachineReport, 'cpu'> {
  const isa = Object.fromEntries(
    ['avx512f', 'avx2', 'avx', 'neon'].map((flag) => [flag, present(flags.includes(flag))]),
  );
  const usable = present({ cpus: 2, limits: [{ source: 'online', cpus: 2 }] });
  const clock = maxClockMHz === null ? absent('not told') : present(maxClockMHz);
  return { cpu: { isa, usable, maxClockMHz: clock } } as unknown as Pick<MachineReport, 'cpu'>;
}

it('is cores times clock times the widest fused multiply-adds, with a tenth to spare', () => {
  // 2 cores, 3 GHz, 32 multiply-accumulates a cycle: 192 GMAC/s.
  expect(ceilingMacsPerS(machine(['avx512f', 'avx2', 'avx'], 3000))).toBeCloseTo(192e9 * 1.1, -6);
  expect(ceilingMacsPerS(machine(['avx2', 'avx'], 3000))).toBeCloseTo(96e9 * 1.1, -6);
});

it('assumes a clock above every real one where none is told, and knows nothing without a vector unit', () => {
  expect(ceilingMacsPerS(machine(['avx2'], null))).toBeGreaterThan(2 * 16 * 6e9);
  expect(ceilingMacsPerS(machine([], 3000))).toBeNull();
});

it('is the data sheet of the only GPU, in FP32 or TF32 as the provider computes, and not known for other providers', () => {
  const gpu = { source: 'nvml', name: 'NVIDIA H200', memoryBytes: present(141 * 2 ** 30) };
  const withGpus = (gpus: object[]) =>
    ({ ...machine(['avx2'], 3000), gpus: present(gpus) }) as unknown as Pick<MachineReport, 'cpu' | 'gpus'>;
  expect(ceilingOfProvider('cuda', withGpus([gpu]), { tf32: 'off' })).toBeCloseTo((1.1 * 67e12) / 2, -9);
  // At 4.1 GMAC an image no more than 8,990/s in FP32, and some 66,000/s in TF32.
  expect(ceilingOfProvider('cuda', withGpus([gpu]), { tf32: 'on' })).toBeCloseTo((1.1 * 494.75e12) / 2, -9);
  expect(ceilingOfProvider('cuda', withGpus([gpu, gpu]), { tf32: 'off' })).toBeNull();
  expect(ceilingOfProvider('webgpu', withGpus([gpu]), {})).toBeNull();
  expect(ceilingOfProvider('cpu', withGpus([gpu]), {})).toBe(ceilingMacsPerS(machine(['avx2'], 3000)));
});

it('counts a reference model at the dimensions of its published count only', () => {
  const bert = findReferenceModel('bert-base') ?? null;
  expect(macsPerSample(bert, {})).toBe(bert?.expected.macs);
  expect(macsPerSample(bert, { sequence: 16 })).toBeNull();
  expect(macsPerSample(null, {})).toBeNull();
});
