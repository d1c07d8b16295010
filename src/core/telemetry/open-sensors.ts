import { absent } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { SensorDescription } from '../../shared/domain/telemetry.ts';
import { createSystemFiles } from '../hardware/files.ts';
import { openNvml } from '../hardware/nvml.ts';
import { openSmiStream } from '../hardware/smi-stream.ts';
import { sensors } from './registry.ts';
import type { OpenSensor, SensorPorts, SensorScope } from './sensor.ts';
import { shareStream } from './share-stream.ts';

/** A sensor of the registry as this machine has it. */
export interface FoundSensor extends SensorDescription {
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
    openSmi: shareStream((gpu) => openSmiStream(gpu)),
    environment: process.env,
    now: () => performance.now(),
  };
}

/** Opens every sensor that applies, all of them on this machine unless `ports` are another's. */
export function openSensors(scope: SensorScope, ports: SensorPorts = createSensorPorts()): Promise<FoundSensor[]> {
  return Promise.all(
    sensors
      .filter((sensor) => sensor.appliesTo(scope.config))
      .map(async (sensor) => {
        const { id, label, unit, kind, flags } = sensor;
        const found = await sensor.open(scope, ports).catch(toAbsent);
        return { id, label, unit, kind, ...(flags === undefined ? {} : { flags }), found };
      }),
  );
}

/** A measurement does not end because something beside it does not answer. */
function toAbsent(error: unknown): Observed<never> {
  return absent(`it could not be opened (${error instanceof Error ? error.message : String(error)})`);
}
