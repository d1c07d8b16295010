import { parsePositive } from '../hardware/files.ts';
import { readPowerW } from '../hardware/gpu-activity.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** Power of the board of an NVIDIA GPU, as its driver estimates it. */
export const gpuPower = defineSensor({
  id: 'gpu-power',
  label: 'GPU power',
  unit: 'W',
  kind: 'gauge',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, { nvml: readPowerW, smi: { field: 'power.draw', parse: parsePositive } }),
});
