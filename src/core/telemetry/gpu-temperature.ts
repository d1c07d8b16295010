import { parsePositive } from '../hardware/files.ts';
import { readGpuTemperatureC } from '../hardware/gpu-nvml.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** Temperature of the chip of an NVIDIA GPU. */
export const gpuTemperature = defineSensor({
  id: 'gpu-temperature',
  label: 'GPU temperature',
  unit: '°C',
  kind: 'gauge',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, {
      nvml: readGpuTemperatureC,
      smi: { field: 'temperature.gpu', parse: parsePositive },
    }),
});
