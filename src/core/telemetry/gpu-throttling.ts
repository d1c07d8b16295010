import { readThrottleReasons, throttleReasons } from '../hardware/gpu-activity.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/** What holds the clock of an NVIDIA GPU down at the moment; which of it counts as throttling is decided elsewhere. */
export const gpuThrottling = defineSensor({
  id: 'gpu-throttling',
  label: 'What holds the GPU clock',
  unit: '1',
  kind: 'flags',
  flags: [...throttleReasons],
  appliesTo: usesGpu,
  open: (scope, ports) =>
    openNvidiaSensor(scope, ports, {
      nvml: readThrottleReasons,
      smi: {
        field: 'clocks_throttle_reasons.active',
        parse: (text) => (/^0x[\da-f]+$/i.test(text) ? Number(text) : null),
      },
    }),
});
