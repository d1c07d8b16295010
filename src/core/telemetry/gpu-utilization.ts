import { readUtilization } from '../hardware/gpu-activity.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** Share of time in which any kernel ran on an NVIDIA GPU: one that uses a hundredth of it counts in full. */
export const gpuUtilization = defineSensor({
  id: 'gpu-utilization',
  label: 'GPU utilization',
  unit: 'ratio',
  kind: 'gauge',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, {
      nvml: readUtilization,
      smi: { field: 'utilization.gpu', parse: (text) => (/^\d+$/.test(text) ? Number(text) / 100 : null) },
    }),
});
