import type { CellConfig } from '../../shared/domain/plan.ts';
import type { Observed, Unit } from '../../shared/domain/provenance.ts';
import type { SensorDescription, SensorKind, SensorOrigin } from '../../shared/domain/telemetry.ts';
import type { SystemFiles } from '../hardware/files.ts';
import type { Nvml } from '../hardware/nvml.ts';
import type { SmiStream } from '../hardware/smi-stream.ts';

/** Where sensors are looked for, so that a test can be another machine. */
export interface SensorPorts {
  platform: NodeJS.Platform;
  files: SystemFiles;
  openNvml: () => Promise<Observed<Nvml>>;
  /** nvidia-smi for the GPU of this UUID, or the only one; one program for all sensors that are opened together. */
  openSmi: (gpu: string | null) => Promise<Observed<SmiStream>>;
  environment: Readonly<Record<string, string | undefined>>;
  /** ms of a clock that only goes forward. */
  now: () => number;
}

/** What is measured while the sensors are read. */
export interface SensorScope {
  config: Pick<CellConfig, 'provider' | 'threads' | 'device'>;
  /** Logical processors that the engine may use; where it pins its threads, the first of them. */
  allowedCpus: readonly number[];
  /** Whether the probe of the provider called its adapter software; null: not known. */
  software: boolean | null;
  /** The engine processes that run at the moment; none before they start. */
  enginePids: () => readonly number[];
}

/** A sensor that answered when it was opened. */
export interface OpenSensor extends SensorOrigin {
  /** In the unit of the sensor, or null where there is no value this time. Cheap: it runs while something is measured. */
  read(): number | null | Promise<number | null>;
  close(): void;
}

/** One quantity of this machine that can change while something is measured. */
export interface Sensor {
  /** The same as the file's name. */
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** A counter tells what has come together since it was opened; where its source begins anew, it makes up for that. */
  readonly kind: SensorKind;
  /** What the bits of a sensor of flags stand for. */
  readonly flags?: SensorDescription['flags'];
  /** Whether it tells anything about a configuration; one that does not is neither opened nor named. */
  appliesTo(config: SensorScope['config']): boolean;
  /** Absent with the reason and the remedy where this machine does not show it. */
  open(scope: SensorScope, ports: SensorPorts): Promise<Observed<OpenSensor>>;
}

/** Declares a sensor; it becomes available with its line in the registry. */
export function defineSensor(sensor: Sensor): Sensor {
  return sensor;
}
