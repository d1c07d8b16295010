import type { MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';

/** What an engine finds wrong first where there is no GPU, although putting it right would not help. */
const consequences = new Set(['missing-library', 'driver-too-old', 'no-device']);

/** Whether the machine shows an NVIDIA GPU, with or without its driver. */
export function hasNvidiaGpu({ gpus, displayAdapters }: MachineReport): boolean {
  const isNvidia = (text: string): boolean => /nvidia/i.test(text);
  return (
    (gpus.status === 'present' && gpus.value.some(({ vendor, name }) => isNvidia(vendor) || isNvidia(name))) ||
    (displayAdapters.status === 'present' &&
      displayAdapters.value.some(
        ({ vendor, name }) => isNvidia(name) || (vendor.status === 'present' && isNvidia(vendor.value)),
      ))
  );
}

/**
 * A report with the cause that comes first: on a machine without an NVIDIA GPU, libraries for one are nothing to
 * install. `machine` is asked only where that can be the case.
 */
export async function explainWithoutNvidia<T extends ProviderReport>(
  report: T,
  machine: () => Promise<MachineReport>,
): Promise<T> {
  const { id, status } = report;
  if (id !== 'cuda' && id !== 'tensorrt') return report;
  if (status.status === 'available' || !consequences.has(status.cause) || hasNvidiaGpu(await machine())) return report;
  return {
    ...report,
    status: {
      status: 'unavailable',
      cause: 'no-device',
      reason: 'no NVIDIA GPU or driver was found',
      remedy: 'Where the machine has an NVIDIA GPU, install its driver, series 525 or newer.',
    },
  };
}
