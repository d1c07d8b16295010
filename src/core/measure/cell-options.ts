import type { MachineReport } from '../../shared/domain/machine.ts';
import type { SampleSeries } from '../../shared/domain/measurement.ts';
import type { Grade, Plan } from '../../shared/domain/plan.ts';
import type { CellRecord } from '../../shared/domain/run.ts';
import type { Deadlines, EngineProgress } from '../engine-client/engine-client.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import type { PreparedCell } from './prepared-cell.ts';
import type { SensorWatch } from './watch-sensors.ts';

/** What one configuration is measured with. */
export interface MeasureCellOptions {
  spawn: SpawnEngine;
  prepared: PreparedCell;
  plan: Plan;
  grade: Grade;
  machine: MachineReport;
  /** What the probe of the provider said it runs on; null on the CPU. */
  device: { device: string; software: boolean | null } | null;
  allowedCpus: number[];
  /** The sensors of this machine, which are read beside the engine. */
  sensors: SensorWatch;
  /** For what lasts no longer than this. */
  temporaryFolder: string;
  memoryLimitBytes: number | undefined;
  deadlines: Partial<Deadlines>;
  /** What the run has measured so far, for numbers that compare with another configuration of it. */
  earlier: () => readonly CellRecord[];
  signal?: AbortSignal;
  onProgress?: (progress: EngineProgress & { process: number }) => void;
}

/** How a configuration ended, with every sample that arrived and what the engine said it was. */
export interface MeasuredCell {
  outcome: FinalOutcome;
  samples: SampleSeries[];
  engine: {
    sessionOptions: Record<string, unknown>;
    versions: { node: string; onnxruntime: string };
    providerOptions: Record<string, string>;
    libraries: string[];
    device: string | null;
  } | null;
}
