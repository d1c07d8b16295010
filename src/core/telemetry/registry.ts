import { cpuClock } from './cpu-clock.ts';
import { cpuEnergy } from './cpu-energy.ts';
import { cpuTemperature } from './cpu-temperature.ts';
import { cpuThrottling } from './cpu-throttling.ts';
import { engineCpu } from './engine-cpu.ts';
import { engineMemory } from './engine-memory.ts';
import { gpuClock } from './gpu-clock.ts';
import { gpuEnergy } from './gpu-energy.ts';
import { gpuMemory } from './gpu-memory.ts';
import { gpuPower } from './gpu-power.ts';
import { gpuTemperature } from './gpu-temperature.ts';
import { gpuThrottling } from './gpu-throttling.ts';
import { gpuUtilization } from './gpu-utilization.ts';
import { memoryEnergy } from './memory-energy.ts';
import { powerSource } from './power-source.ts';
import type { Sensor } from './sensor.ts';

/** Every sensor, in the order in which they are shown; how to add one is in docs/how-to/add-sensor.md. */
export const sensors: readonly Sensor[] = [
  cpuClock,
  cpuTemperature,
  cpuThrottling,
  cpuEnergy,
  memoryEnergy,
  engineCpu,
  engineMemory,
  powerSource,
  gpuClock,
  gpuTemperature,
  gpuThrottling,
  gpuPower,
  gpuEnergy,
  gpuUtilization,
  gpuMemory,
];
