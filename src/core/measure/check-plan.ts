import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { InferometerError } from '../../shared/errors.ts';
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
    plan: { ...plan, models: plan.models.map(toId) },
    configs: configs.map((config) => ({ ...config, model: toId(config.model) })),
  };
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
  const failure = await providerFailure(only, ports, signal);
  if (failure !== null) throw new InferometerError(failure);
}

function refuseUnknownDims(plan: Plan, models: Models): void {
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

/** Why a provider cannot be measured here, or null. Probes it. */
export async function providerFailure(id: CellConfig['provider'], { spawn }: RunPorts, signal?: AbortSignal) {
  const { name, status } = await probeProvider(spawn, id, signal);
  if (status.status === 'available') return null;
  return {
    code: 'PROVIDER_UNAVAILABLE' as const,
    message: `${name} is not available here: ${status.reason}.`,
    remedy: status.remedy ?? 'Run `inferometer doctor` to see which providers work on this machine.',
  };
}
