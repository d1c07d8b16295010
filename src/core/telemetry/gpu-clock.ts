import { parsePositive } from '../hardware/files.ts';
import { readDefaultSmClockMHz } from '../hardware/gpu-activity.ts';
import { readSmClockMHz } from '../hardware/gpu-nvml.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** Clock of the streaming multiprocessors of an NVIDIA GPU. */
export const gpuClock = defineSensor({
  id: 'gpu-clock',
  label: 'GPU clock',
  unit: 'Hz',
  kind: 'gauge',
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, {
      nvml(nvml, device) {
        const clock = readSmClockMHz(nvml, device);
        return clock.status === 'present' ? { ...clock, value: clock.value * 1e6 } : clock;
      },
      reference(nvml, device) {
        const clock = readDefaultSmClockMHz(nvml, device);
        return clock.status === 'present' ? { value: clock.value * 1e6, meaning: 'default clock' } : null;
      },
      smi: {
        field: 'clocks.current.sm',
        parse(text) {
          const megahertz = parsePositive(text);
          return megahertz === null ? null : megahertz * 1e6;
        },
      },
    }),
});
