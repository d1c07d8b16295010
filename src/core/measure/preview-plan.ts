import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import { InferometerError, type Failure } from '../../shared/errors.ts';
import { findReferenceModel } from '../models/registry.ts';
import { resolveModel, type ResolvedModel, type ResolvePorts } from '../models/resolve-model.ts';
import { expandMatrix } from './expand-plan.ts';
import { refuseBadScenario } from './check-scenario.ts';
import { refuseBadLoad } from './load/check-load.ts';
import { checkCell } from './prepare-cell.ts';

export interface PreviewedCell {
  config: CellConfig;
  /** What keeps it from being measured here; null: nothing that can be told without measuring. */
  problem: Failure | null;
}

/**
 * What a plan would meet, without building or running a model: files, sizes and test data of the user's models, and
 * providers as far as `reports` has them. Of a search, everything that it searches among. Throws USAGE for a load that
 * cannot be.
 */
export async function previewPlan(
  plan: Plan,
  ports: ResolvePorts,
  reports: readonly ProviderReport[],
  signal?: AbortSignal,
): Promise<PreviewedCell[]> {
  refuseBadLoad(plan);
  refuseBadScenario(plan);
  const abort = signal ? { signal } : {};
  const models = new Map<string, ResolvedModel | Failure | null>();
  for (const name of plan.models) {
    const isReference = findReferenceModel(name) !== undefined;
    models.set(name, isReference ? null : await orFailure(() => resolveModel(name, ports, abort), signal));
  }
  const previewed: PreviewedCell[] = [];
  for (const config of expandMatrix(plan)) {
    const model = models.get(config.model) ?? null;
    previewed.push({
      config,
      problem:
        providerProblem(config, reports) ??
        (model === null || 'code' in model
          ? model
          : await orFailure(() => checkCell({ model, config, plan, ...abort }).then(() => null), signal)),
    });
  }
  return previewed;
}

function providerProblem({ provider }: CellConfig, reports: readonly ProviderReport[]): Failure | null {
  const report = reports.find(({ id }) => id === provider);
  if (report === undefined || report.status.status === 'available') return null;
  return {
    code: 'PROVIDER_UNAVAILABLE',
    message: `${report.name} is not available here: ${report.status.reason.replace(/\.$/, '')}.`,
    remedy: report.status.remedy ?? 'Choose another provider.',
  };
}

async function orFailure<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InferometerError && !signal?.aborted) return error.toFailure();
    throw error;
  }
}
