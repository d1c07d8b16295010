import type { MachineReport } from '../../shared/domain/machine.ts';
import type { ModelCost } from '../../shared/domain/model.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { recipeIdSchema } from '../../shared/domain/quantization.ts';
import type { RecipeAdvice } from '../../shared/domain/recipe-advice.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { resolveModelCost } from '../models/resolve-cost.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { toCpuFacts, type CpuFacts } from './advice/facts.ts';
import { readModelFacts } from './advice/model-facts.ts';
import { proposeRecipes } from './propose-recipes.ts';
import { probeSaturation } from './saturation-probe.ts';

export interface AdvicePorts {
  spawn: SpawnEngine;
  temporaryFolder: string;
  machine: MachineReport;
  signal?: AbortSignal;
}

/**
 * Says what to make of a model for a provider on this machine, and why. Runs the model once to learn where its work is,
 * and judges by its weights where it cannot be run. Throws what reading the model throws.
 */
export async function adviseModel(
  model: ResolvedModel,
  provider: ProviderId,
  { spawn, temporaryFolder, machine, signal }: AdvicePorts,
): Promise<RecipeAdvice> {
  const abort = signal ? { signal } : {};
  const cost = await costIfKnown(model, { spawn, temporaryFolder, ...abort });
  const facts = await readModelFacts(model.path, { sha256: model.summary.sha256, cost, ...abort });
  const cpu = await describeCpu(provider, machine, spawn, signal);
  return {
    ...proposeRecipes(facts, { provider, cpu }, recipeIdSchema.options),
    calibration: model.reference?.weights.kind === 'trained' ? 'training-samples' : 'generated',
  };
}

/** Sizes may be missing, and a model may not run on generated inputs: neither is a reason to say nothing. */
async function costIfKnown(
  model: ResolvedModel,
  ports: Pick<AdvicePorts, 'spawn' | 'temporaryFolder' | 'signal'>,
): Promise<ModelCost | null> {
  try {
    return await resolveModelCost(model, { ...ports, batch: 1, dims: {} });
  } catch (error) {
    if (error instanceof InferometerError && !/^(CANCELLED|STORAGE_)/.test(error.code)) return null;
    throw error;
  }
}

/** Only processors that multiply bytes in pairs saturate; others need no probe. */
async function describeCpu(
  provider: ProviderId,
  machine: MachineReport,
  spawn: SpawnEngine,
  signal: AbortSignal | undefined,
): Promise<CpuFacts> {
  const facts = toCpuFacts(machine);
  const mayPair = facts.architecture === 'x64' && /^(none|unknown)$/.test(facts.integerProducts);
  if (provider !== 'cpu' || !mayPair) return facts;
  const { saturates } = await probeSaturation(spawn, signal ? { signal } : {});
  return { ...facts, saturates };
}
