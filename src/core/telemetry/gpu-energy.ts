import { readEnergyJ } from '../hardware/gpu-activity.ts';
import { openNvidiaSensor, usesGpu } from './nvidia-sensor.ts';
import { defineSensor } from './sensor.ts';

/**
 * Energy that the board of an NVIDIA GPU took since the sensor was opened. Preferred to power, which leaves out what
 * happens between two readings.
 */
export const gpuEnergy = defineSensor({
  id: 'gpu-energy',
  label: 'GPU energy',
  unit: 'J',
  kind: 'counter',
  appliesTo: usesGpu,
  open(scope, ports) {
    // Counted by the driver since it was loaded; the first reading is where this measurement begins.
    let first: number | null = null;
    return openNvidiaSensor(scope, ports, {
      nvml(nvml, device) {
        const energy = readEnergyJ(nvml, device);
        if (energy.status === 'absent') return energy;
        first ??= energy.value;
        // A driver that is loaded anew begins anew: what it says then continues nothing.
        return energy.value < first
          ? { status: 'absent', reason: 'the counter of the driver has begun anew', remedy: null }
          : { status: 'present', value: energy.value - first };
      },
      smi: null,
    });
  },
});
