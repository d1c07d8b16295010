import type { MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { matchAccelerator } from '../catalogue/accelerators.ts';

/** Operations per second of float32 products by data sheet. */
export interface DataSheetRates {
  fp32: number | null;
  /** On tensor cores, half the FP16 rate; null where a GPU has none for it. */
  tf32: number | null;
}

/** TF32 came with Ampere; the architectures before have FP16 tensor cores and no others. */
const withoutTf32 = /^(Kepler|Maxwell|Pascal|Volta|Turing)$/;

/** What the data sheet of the only NVIDIA GPU of a machine says; null where nothing tells. */
export function dataSheetRates(provider: ProviderId, { gpus }: Pick<MachineReport, 'gpus'>): DataSheetRates | null {
  if (provider !== 'cuda' && provider !== 'tensorrt') return null;
  if (gpus.status === 'absent') return null;
  const [gpu, ...others] = gpus.value.filter(({ source }) => source !== 'system');
  if (gpu === undefined || others.length > 0) return null;
  const match = matchAccelerator(gpu.name, gpu.memoryBytes.status === 'present' ? gpu.memoryBytes.value : null);
  if (match.status !== 'matched') return null;
  const { fp32Tflops, fp16Tflops, arch } = match.accelerator;
  const toRate = (teraflops: number | null): number | null => (teraflops === null ? null : teraflops * 1e12);
  return {
    fp32: toRate(fp32Tflops),
    tf32: withoutTf32.test(arch) || fp16Tflops === null ? null : (fp16Tflops / 2) * 1e12,
  };
}
