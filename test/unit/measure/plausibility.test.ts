import { expect, it } from 'vitest';
import { ceilingMacsPerS, macsPerSample } from '../../../src/core/measure/plausibility.ts';
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

it('counts a reference model at the dimensions of its published count only', () => {
  const bert = findReferenceModel('bert-base') ?? null;
  expect(macsPerSample(bert, {})).toBe(bert?.expected.macs);
  expect(macsPerSample(bert, { sequence: 16 })).toBeNull();
  expect(macsPerSample(null, {})).toBeNull();
});
