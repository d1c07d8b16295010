import type { IsaFlag, MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { dataSheetRates } from '../roofline/data-sheet.ts';
import type { ReferenceModel } from '../models/building/define-reference-model.ts';

/** FP32 multiply-accumulates that one core can retire in a cycle: two fused multiply-add units of the widest vector. */
const macsPerCycle: readonly (readonly [IsaFlag, number])[] = [
  ['avx512f', 32],
  ['avx2', 16],
  ['avx', 8],
  ['neon', 16],
];
/** Above every clock that processors are sold with, for machines that do not tell theirs. */
const highestClockMHz = 6500;

/**
 * Rate of FP32 multiply-accumulates that the usable processors cannot exceed; null where too little is known of them.
 * Generous on purpose: what lies above it is an error of the measurement, not a fast machine. It holds for float32
 * models only, since integer and 16-bit kernels do more per cycle.
 */
export function ceilingMacsPerS({ cpu }: Pick<MachineReport, 'cpu'>): number | null {
  if (cpu.usable.status === 'absent') return null;
  const widest = macsPerCycle.find(([flag]) => {
    const found = cpu.isa[flag];
    return found.status === 'present' && found.value;
  });
  if (widest === undefined) return null;
  const clockMHz = cpu.maxClockMHz.status === 'present' ? cpu.maxClockMHz.value * 1.1 : highestClockMHz;
  return cpu.usable.value.cpus * clockMHz * 1e6 * widest[1];
}

/** Clocks of single boards are above those that the data sheet counts with. */
const dataSheetMargin = 1.1;

/**
 * The same for the device of a provider: an NVIDIA GPU has the FP32 rate of its data sheet, or that of TF32 where this is
 * on; null for providers that do not tell which device they use.
 */
export function ceilingOfProvider(
  provider: ProviderId,
  machine: Pick<MachineReport, 'cpu' | 'gpus'>,
  { tf32 }: Readonly<Record<string, string>>,
): number | null {
  if (provider === 'cpu') return ceilingMacsPerS(machine);
  const rates = dataSheetRates(provider, machine);
  const flopsPerS = (tf32 === 'on' ? rates?.tf32 : null) ?? rates?.fp32 ?? null;
  return flopsPerS === null ? null : (dataSheetMargin * flopsPerS) / 2;
}

/** Multiply-accumulates of one sample of a reference model at these dimensions; null where they are not known. */
export function macsPerSample(reference: ReferenceModel | null, dims: Readonly<Record<string, number>>): number | null {
  if (reference === null) return null;
  const { macs, macsDims } = reference.expected;
  const same = Object.entries(macsDims).every(
    ([name, size]) => name === 'batch' || (dims[name] ?? reference.defaultDims[name]) === size,
  );
  return same ? macs / (macsDims.batch ?? 1) : null;
}
