import { readSmClockMHz } from '../hardware/gpu-nvml.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** Clock of the streaming multiprocessors of an NVIDIA GPU. */
export const gpuClock = defineSensor({
  id: 'gpu-clock',
  label: 'GPU clock',
  unit: 'Hz',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, (nvml, device) => {
      const clock = readSmClockMHz(nvml, device);
      return clock.status === 'present' ? { ...clock, value: clock.value * 1e6 } : clock;
    }),
});
