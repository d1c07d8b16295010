import { parsePositive } from '../hardware/files.ts';
import { readMemoryUsedBytes } from '../hardware/gpu-activity.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

const MEBIBYTE = 1024 ** 2;

/** Memory of an NVIDIA GPU that is taken, by every process; providers reserve more than they use. */
export const gpuMemory = defineSensor({
  id: 'gpu-memory',
  label: 'GPU memory in use',
  unit: 'B',
  kind: 'gauge',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, {
      nvml: readMemoryUsedBytes,
      smi: {
        field: 'memory.used',
        parse(text) {
          const mebibytes = parsePositive(text);
          return mebibytes === null ? null : mebibytes * MEBIBYTE;
        },
      },
    }),
});
