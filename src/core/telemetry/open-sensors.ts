import { absent } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { createSystemFiles } from '../hardware/files.ts';
import { openNvml } from '../hardware/nvml.ts';
import { sensors } from './registry.ts';
import type { OpenSensor, Sensor, SensorPorts, SensorScope } from './sensor.ts';

/** A sensor of the registry as this machine has it. */
export interface FoundSensor extends Pick<Sensor, 'id' | 'label' | 'unit'> {
  found: Observed<OpenSensor>;
}

/** Opens what tells something about a configuration; whoever opens closes. */
export type OpenSensors = (scope: SensorScope) => Promise<FoundSensor[]>;

/** This machine. */
function createSensorPorts(): SensorPorts {
  return {
    platform: process.platform,
    files: createSystemFiles(),
    openNvml: () => openNvml(),
    environment: process.env,
  };
}

/** Opens every sensor that applies, all of them on this machine unless `ports` are another's. */
export function openSensors(scope: SensorScope, ports: SensorPorts = createSensorPorts()): Promise<FoundSensor[]> {
  return Promise.all(
    sensors
      .filter((sensor) => sensor.appliesTo(scope.config))
      .map(async (sensor) => {
        const { id, label, unit } = sensor;
        return { id, label, unit, found: await sensor.open(scope, ports).catch(toAbsent) };
      }),
  );
}

/** A measurement does not end because something beside it does not answer. */
function toAbsent(error: unknown): Observed<never> {
  return absent(`it could not be opened (${error instanceof Error ? error.message : String(error)})`);
}
