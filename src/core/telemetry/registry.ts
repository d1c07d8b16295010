import { cpuClock } from './cpu-clock.ts';
import { cpuTemperature } from './cpu-temperature.ts';
import { gpuClock } from './gpu-clock.ts';
import { gpuTemperature } from './gpu-temperature.ts';
import type { Sensor } from './sensor.ts';

/** Every sensor, in the order in which they are shown; how to add one is in docs/how-to/add-sensor.md. */
export const sensors: readonly Sensor[] = [cpuClock, cpuTemperature, gpuClock, gpuTemperature];
