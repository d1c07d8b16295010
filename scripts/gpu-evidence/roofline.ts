import { readAccelerators, type Accelerator } from '../../src/core/catalogue/accelerators.ts';
import { ceilingMacsPerS } from '../../src/core/measure/plausibility.ts';
import type { Gpu, MachineReport } from '../../src/shared/domain/machine.ts';

/** A rate that nothing on the device can exceed. */
export interface Ceiling {
  what: string;
  flops: number;
}

/** Generations whose tensor cores compute TF32; their dense rate is half of that of FP16 (NVIDIA's datasheets). */
const tf32Generations = /^(Ampere|Ada|Hopper|Blackwell)/;

/** Which ceiling a configuration has: the datasheet's of the GPU that computed it, or the processors' own. */
export function findCeiling(
  machine: MachineReport,
  gpu: Gpu | null,
  { precision, tf32 }: { precision: string; tf32: boolean },
): Ceiling | null {
  if (gpu === null) {
    // Integer kernels do more in a cycle than the ceiling of FP32 allows.
    const macs = precision === 'int8' ? null : ceilingMacsPerS(machine);
    return macs === null ? null : { what: 'FP32, the usable processors at their highest clock', flops: 2 * macs };
  }
  const row = findRow(gpu);
  if (row === null) return null;
  const [what, tflops] = toRate(row, precision, tf32);
  return tflops === null ? null : { what: `${what}, datasheet of ${row.name}`, flops: tflops * 1e12 };
}

function toRate(row: Accelerator, precision: string, tf32: boolean): [string, number | null] {
  if (precision === 'fp16') return ['FP16', row.fp16Tflops];
  if (precision === 'int8') return ['INT8', row.int8Tops];
  if (tf32 && tf32Generations.test(row.arch)) return ['TF32', row.fp16Tflops === null ? null : row.fp16Tflops / 2];
  return ['FP32', row.fp32Tflops];
}

function findRow({ catalogueIds }: Gpu): Accelerator | null {
  if (catalogueIds.status === 'absent' || catalogueIds.value.length !== 1) return null;
  return readAccelerators().find(({ id }) => id === catalogueIds.value[0]) ?? null;
}
