import type { Stage } from '../../engine/protocol.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { CellRecord, RunState } from '../../shared/domain/run.ts';
import type { Deadlines } from '../engine-client/engine-client.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { Storage } from '../storage/open.ts';
import type { OpenSensors } from '../telemetry/open-sensors.ts';
import type { LockOwner } from './lock.ts';
import type { SensorReader } from './watch-sensors.ts';

/** What happens while a plan is measured, in order. Nothing here is needed for the result, which is stored. */
export type RunEvent =
  | { type: 'waiting'; owner: LockOwner }
  | { type: 'preparing'; model: string; share: number }
  | { type: 'started'; runId: RunId; cells: readonly CellConfig[]; pending: number }
  /** A search has chosen what to measure next. */
  | { type: 'extended'; cells: readonly CellConfig[] }
  | { type: 'cell-started'; index: number; config: CellConfig }
  | {
      type: 'progress';
      index: number;
      process: number;
      stage: Stage;
      queries: number;
      elapsedNs: number;
      remainingNs: number | null;
      latestLatencyNs: number | null;
    }
  /** The result exists but could not be stored; it is lost when nobody keeps this event. */
  | { type: 'unsaved'; index: number; outcome: FinalOutcome }
  | { type: 'cell-finished'; index: number; record: CellRecord }
  | { type: 'finished'; runId: RunId; state: RunState };

export interface RunPorts {
  spawn: SpawnEngine;
  storage: Storage;
  directory: DataDirectory;
  app: { version: string; commit: string | null };
  detectMachine: () => Promise<MachineReport>;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Asked before each configuration: true ends the run as "paused", so that it can be gone on with. */
  isPausing?: () => boolean;
  /** When going on: measure again what ended without a result. */
  retry?: boolean;
  /** Wait for another measurement on this machine instead of refusing. */
  wait?: boolean;
  onEvent?: (event: RunEvent) => void;
  /** Somebody looks at the sensors of this machine while it measures; what they read is stored in any case. */
  sensors?: SensorReader;
  /** Those of this machine when left out. */
  openSensors?: OpenSensors;
  deadlines?: Partial<Deadlines>;
  /** Overrides the limit derived from this machine's memory. */
  memoryLimitBytes?: number;
  lockPath?: string;
  /** The machine's lock, where the caller holds it already for several runs; the caller releases it. */
  lock?: Disposable;
}
