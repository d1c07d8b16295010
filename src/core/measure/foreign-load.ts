import type { ForeignGpuProcess } from '../../shared/domain/measurement.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { InferometerError } from '../../shared/errors.ts';
import { formatQuantity } from '../../shared/units.ts';

/** Share of the processor that others may use just before the start (docs/method/measurement.md, isolation). */
export const otherLoadLimit = 0.05;

/** Throws FOREIGN_LOAD where other programs use the processor or the GPU, for plans that would rather not measure then. */
export function refuseForeignLoad(otherLoad: Observed<number>, gpuProcesses: readonly ForeignGpuProcess[]): void {
  const load = otherLoad.status === 'present' ? otherLoad.value : 0;
  const found = [
    ...(load > otherLoadLimit ? [`other programs use ${formatQuantity(load, 'ratio').text} of the processor`] : []),
    ...(gpuProcesses.length > 0 ? [`on the GPU compute ${describeGpuProcesses(gpuProcesses)}`] : []),
  ];
  if (found.length === 0) return;
  const text = found.join(', and ');
  throw new InferometerError({
    code: 'FOREIGN_LOAD',
    message: `It was not measured, because ${text}.`,
    remedy: 'End them and measure again, or measure without --exclusive and with a remark.',
    data: { otherLoad: load, gpuProcesses: gpuProcesses.map(({ pid }) => pid) },
  });
}

/** "python3 (process 4242, 12.3 GiB), process 17". */
export function describeGpuProcesses(processes: readonly ForeignGpuProcess[]): string {
  return processes
    .map(({ pid, name, memoryBytes }) => {
      const memory = memoryBytes === null ? null : formatQuantity(memoryBytes, 'B').text;
      if (name === null) return memory === null ? `process ${pid}` : `process ${pid} (${memory})`;
      return `${name} (${[`process ${pid}`, memory].filter((part) => part !== null).join(', ')})`;
    })
    .join(', ');
}
