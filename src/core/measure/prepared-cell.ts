import type { DecodeTask } from '../../engine/protocol.ts';
import type { Measurement } from '../../shared/domain/measurement.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import type { InputPool } from '../models/inputs/generate-inputs.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';

/** A configuration whose model, inputs and expectations are ready for an engine. */
export interface PreparedCell {
  config: CellConfig;
  model: ResolvedModel;
  inputs: InputPool;
  /** Output whose leading dimension tells what was executed; null where none carries the batch. */
  batchOutput: string | null;
  /** How the model is fed in the scenario "decode"; null in others. */
  decode: DecodeTask | null;
  accuracy: Measurement['accuracy'];
  expectedOutputs: Measurement['expectedOutputs'];
}

/** What a configuration is made ready with. */
export interface PrepareOptions {
  spawn: SpawnEngine;
  plan: Pick<Plan, 'inputs'>;
  model: ResolvedModel;
  config: CellConfig;
  allowedCpus: number[];
  temporaryFolder: string;
  signal?: AbortSignal;
}

/** Sizes of the dimensions other than the batch: those that were given, and what a reference model has by default. */
export function dimsOf(model: ResolvedModel, { dims }: Pick<CellConfig, 'dims'>): Record<string, number> {
  return { ...withoutBatch(model.reference?.defaultDims ?? {}), ...dims };
}

/** Sizes that a reference model has by default; the batch comes from the plan. */
export function withoutBatch(dims: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(dims).filter(([name]) => name !== 'batch'));
}
