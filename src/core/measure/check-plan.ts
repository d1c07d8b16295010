import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Schema, type RunId, type Sha256 } from '../../shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { PlanFiles, RunRecord } from '../../shared/domain/run.ts';
import { providerIdSchema } from '../../shared/domain/provider.ts';
import { InferometerError } from '../../shared/errors.ts';
import { hasDeviceNumbers, providerFacts } from '../../shared/provider-facts.ts';
import { explainWithoutNvidia } from '../engine-client/explain-without-nvidia.ts';
import { probeProvider } from '../engine-client/probe-provider.ts';
import { resolveModel, type ResolvedModel } from '../models/resolve-model.ts';
import { checkCell, prepareCell } from './prepare-cell.ts';
import type { RunOptions, RunPorts } from './run-ports.ts';

/** Resolved models by the name that was given and by the id that is stored. */
export type Models = ReadonlyMap<string, ResolvedModel>;

/** Resolves every model of a plan, building reference models on first use. Throws what `resolveModel` throws. */
export async function resolveModels(
  names: readonly string[],
  ports: RunPorts,
  { signal, onEvent }: RunOptions,
): Promise<Models> {
  const models = new Map<string, ResolvedModel>();
  for (const name of names) {
    const model = await resolveModel(name, ports, {
      onProgress: (share) => onEvent?.({ type: 'preparing', model: name, share }),
      ...(signal ? { signal } : {}),
    });
    models.set(name, model);
    models.set(model.id, model);
  }
  return models;
}

/** Names as they are stored: a relative path becomes absolute, so that the run can be resumed from anywhere. */
export function withResolvedIds(plan: Plan, configs: readonly CellConfig[], models: Models) {
  const toId = (name: string): string => models.get(name)?.id ?? name;
  return {
    plan: {
      ...plan,
      models: plan.models.map(toId),
      inputs: plan.inputs === null ? null : path.resolve(plan.inputs),
    },
    configs: configs.map((config) => ({ ...config, model: toId(config.model) })),
  };
}

/** What the names of a plan with resolved ids stand for now. */
export async function identifyFiles(plan: Plan, models: Models): Promise<PlanFiles> {
  return {
    models: plan.models.map((id) => ({ id, sha256: requireModel(models, id).summary.sha256 })),
    inputsSha256: plan.inputs === null ? null : await hashTestData(plan.inputs),
  };
}

/** SHA-256 over names and contents of the test data in a folder, whatever else lies there. */
async function hashTestData(folder: string): Promise<Sha256> {
  const names: string[] = [];
  for await (const name of glob('test_data_set_*/*.pb', { cwd: folder })) names.push(name.replaceAll('\\', '/'));
  const hash = createHash('sha256');
  for (const name of names.toSorted()) {
    const bytes = await readFile(path.join(folder, name));
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return sha256Schema.parse(hash.digest('hex'));
}

/** Throws MODEL_INVALID or INPUTS_INVALID where a run was begun with other files than are there now. */
export function refuseChangedFiles(run: RunRecord, now: PlanFiles): void {
  const hashes = new Map(now.models.map(({ id, sha256 }) => [id, sha256]));
  const changed = run.files.models.find(({ id, sha256 }) => hashes.get(id) !== sha256);
  if (changed !== undefined) throw filesChanged(run.id, 'MODEL_INVALID', `model ${changed.id} has`);
  if (run.files.inputsSha256 !== now.inputsSha256) {
    throw filesChanged(run.id, 'INPUTS_INVALID', `test data in ${run.plan.inputs} have`);
  }
}

function filesChanged(runId: RunId, code: 'MODEL_INVALID' | 'INPUTS_INVALID', what: string): InferometerError {
  return new InferometerError({
    code,
    message: `The ${what} changed since the run ${runId} was begun.`,
    remedy: 'Put back the files of that time, or start the plan anew, so that its results belong together.',
    data: { runId },
  });
}

/** The model of a configuration that belongs to the plan these models were resolved for. */
export function requireModel(models: Models, name: string): ResolvedModel {
  const model = models.get(name);
  if (model === undefined) throw new Error(`The model ${name} was not resolved`);
  return model;
}

/**
 * Throws InferometerError for what can be known before anything is stored: dimensions that do not exist or do not fit, a
 * user's model that does not run, an only provider that is not there.
 */
export async function refuseBadInput(
  plan: Plan,
  configs: readonly CellConfig[],
  models: Models,
  ports: RunPorts,
  { signal }: RunOptions,
): Promise<void> {
  refuseUnknownDims(plan, models);
  const abort = signal ? { signal } : {};
  const proved = new Set<string>();
  for (const config of configs) {
    const model = requireModel(models, config.model);
    await checkCell({ model, config, plan, ...abort });
    if (model.reference !== null || proved.has(model.id)) continue;
    proved.add(model.id);
    await prepareCell({
      spawn: ports.spawn,
      plan,
      model,
      config,
      allowedCpus: [],
      temporaryFolder: ports.directory.temporary,
      ...abort,
    });
  }
  // With one provider there is nothing to go on with; with several, the missing one becomes a failed configuration.
  const [only, another] = plan.providers;
  if (only === undefined || another !== undefined || only === 'cpu') return;
  await requireProvider(only, ports, signal, hasDeviceNumbers(only) ? plan.device : undefined);
}

/** Throws DIMENSION_MISMATCH for a size that no model has a dimension for. */
export function refuseUnknownDims(plan: Pick<Plan, 'dims'>, models: Models): void {
  const symbols = new Set(
    [...models.values()].flatMap(({ summary }) =>
      summary.inputs.flatMap(({ name, dims }) =>
        (dims ?? []).flatMap((dim, axis) =>
          typeof dim === 'string' ? [...dim.split(/[^\w.]+/), dim, `${name}:${axis}`] : [],
        ),
      ),
    ),
  );
  const unknown = Object.keys(plan.dims).find((name) => !symbols.has(name));
  if (unknown === undefined) return;
  const names = [...symbols].filter((symbol) => /^[A-Za-z_][\w.]*$/.test(symbol));
  throw new InferometerError({
    code: 'DIMENSION_MISMATCH',
    message: `No model of this plan has a dimension "${unknown}".`,
    remedy:
      names.length > 0
        ? `Dimensions that can be given: ${names.join(', ')}.`
        : 'The sizes of this model are fixed: leave --dim out.',
  });
}

/** Throws USAGE for a device number that none of the plan's providers has a meaning for. */
export function refuseDevice({ device, providers }: Pick<Plan, 'device' | 'providers'>): void {
  if (device === undefined || providers.some(hasDeviceNumbers)) return;
  const names = providerIdSchema.options.filter(hasDeviceNumbers).map((id) => providerFacts[id].name);
  throw new InferometerError({
    code: 'USAGE',
    message: `No provider of this plan takes a device number: ${providers.map((id) => providerFacts[id].name).join(', ')}.`,
    remedy: `Leave the device out, or choose a provider with numbered devices: ${names.join(', ')}.`,
  });
}

/** Probes a provider and says what it runs on. Throws PROVIDER_UNAVAILABLE with the reason. */
export async function requireProvider(
  id: CellConfig['provider'],
  { spawn, detectMachine }: RunPorts,
  signal?: AbortSignal,
  deviceId?: number,
): Promise<{ device: string; software: boolean | null }> {
  const probed = await probeProvider(spawn, id, signal, deviceId);
  const { name, status } = await explainWithoutNvidia(probed, detectMachine);
  if (status.status === 'available') return { device: status.device, software: status.software };
  throw new InferometerError({
    code: 'PROVIDER_UNAVAILABLE',
    message: `${name} is not available here: ${status.reason}.`,
    remedy: status.remedy ?? 'Run `inferometer doctor` to see which providers work on this machine.',
  });
}
