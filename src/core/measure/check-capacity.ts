import type { MachineReport } from '../../shared/domain/machine.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { InferometerError } from '../../shared/errors.ts';
import { resolveModelCost } from '../models/resolve-cost.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { threadsAtOnce } from './leave-out.ts';
import { requireModel, type Models } from './check-plan.ts';
import { defaultMemoryLimit } from './measuring-scope.ts';
import type { RunOptions, RunPorts } from './run-ports.ts';

/** An engine without a session, with Node and ONNX Runtime. */
const engineBytes = 100 * 2 ** 20;
/**
 * From this batch on the activations are looked at: it takes running the model once at batch 1. What smaller batches
 * need beyond the weights is rarely what memory ends by, and an engine over its limit is ended in any case.
 */
const smallestTellingBatch = 16;

/** Processors that engines may use; null where the machine does not tell. */
export function usableCpus({ cpu }: Pick<MachineReport, 'cpu'>): number | null {
  return cpu.usable.status === 'present' ? Math.floor(cpu.usable.value.cpus) : null;
}

/**
 * Throws for what this machine cannot hold, before anything is stored or measured: USAGE for more threads or instances
 * than there are processors, MODEL_TOO_LARGE for more memory than there is, each with the numbers. A product of threads
 * and instances that is too large is left out by itself, as long as something remains to be measured.
 */
export async function refuseOverload(
  plan: Plan,
  configs: readonly CellConfig[],
  models: Models,
  machine: MachineReport,
  ports: RunPorts,
  options: RunOptions,
): Promise<void> {
  refuseTooManyThreads(plan, configs, usableCpus(machine));
  const limitBytes = options.memoryLimitBytes ?? defaultMemoryLimit(machine);
  if (limitBytes === undefined) return;
  for (const [id, ofModel] of Map.groupBy(configs, ({ model }) => model)) {
    await refuseTooMuchMemory(requireModel(models, id), ofModel, limitBytes, ports, options);
  }
}

function refuseTooManyThreads(plan: Plan, configs: readonly CellConfig[], cpus: number | null): void {
  if (cpus === null || plan.oversubscribe === true) return;
  const threads = Math.max(...plan.threads);
  const instances = Math.max(1, ...(plan.instances ?? []));
  const none = configs.length > 0 && configs.every((config) => threadsAtOnce(config) > cpus);
  if (threads <= cpus && instances <= cpus && !none) return;
  const asked =
    threads > cpus
      ? `${threads} threads`
      : instances > cpus
        ? `${instances} instances`
        : `${instances} instances of ${threads} threads`;
  throw new InferometerError({
    code: 'USAGE',
    message: `${asked} were asked for, and ${cpus} ${cpus === 1 ? 'processor' : 'processors'} may be used here.`,
    remedy: `Ask for at most ${cpus}, for 0 threads, which is one for each physical core, or for more than there are with --oversubscribe.`,
    data: { threads, instances, cpus },
  });
}

/**
 * The least that a configuration needs: for each instance the engine, the weights, and the largest tensors that one
 * operator reads and writes at this batch. What is refused by it cannot run; what passes may still be ended at the
 * limit. GPU memory is another matter: the weights pass through the memory of the machine there too.
 */
async function refuseTooMuchMemory(
  model: ResolvedModel,
  configs: readonly CellConfig[],
  limitBytes: number,
  ports: RunPorts,
  { signal }: RunOptions,
): Promise<void> {
  const largestBatch = Math.max(...configs.map(({ batch }) => batch));
  const perSampleBytes =
    largestBatch < smallestTellingBatch ? 0 : await largestActivationBytes(model, configs[0]!, ports, signal);
  const { weightBytes } = model.summary;
  const neededBy = ({ batch, instances = 1 }: CellConfig): number =>
    instances * (engineBytes + weightBytes + batch * perSampleBytes);
  const tooLarge = configs.find((config) => neededBy(config) > limitBytes);
  if (tooLarge === undefined) return;
  const { batch, instances = 1 } = tooLarge;
  const atOnce = instances === 1 ? '' : ` with ${instances} instances`;
  const fitting = configs.filter((config) => neededBy(config) <= limitBytes);
  const largestFitting = Math.max(0, ...fitting.map((config) => config.batch));
  throw new InferometerError({
    code: 'MODEL_TOO_LARGE',
    message: `${model.id} at batch ${batch}${atOnce} needs at least ${toGibibytes(neededBy(tooLarge))} of memory, and ${toGibibytes(limitBytes)} may be used.`,
    remedy:
      largestFitting > 0
        ? `Leave it out: batch ${largestFitting} and smaller ones of the plan fit.`
        : 'Choose a smaller batch, fewer instances or a smaller model, or free memory.',
    data: { batch, instances, estimateBytes: neededBy(tooLarge), limitBytes },
  });
}

/**
 * Bytes that the hungriest operator reads and writes for one sample; 0 where the model cannot be run at batch 1, as one
 * whose batch is fixed, or its shapes are not known.
 */
async function largestActivationBytes(
  model: ResolvedModel,
  { dims }: CellConfig,
  ports: RunPorts,
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    const cost = await resolveModelCost(model, {
      spawn: ports.spawn,
      temporaryFolder: ports.directory.temporary,
      dims,
      batch: 1,
      ...(signal ? { signal } : {}),
    });
    return Math.max(0, ...cost.nodes.map(({ activationBytes }) => activationBytes ?? 0));
  } catch (error) {
    if (error instanceof InferometerError && !signal?.aborted) return 0;
    throw error;
  }
}

function toGibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
