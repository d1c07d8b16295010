import type { Core } from '../../core/create-core.ts';
import type { ResolvedModel } from '../../core/models/resolve-model.ts';
import { resolveModel } from '../../core/models/resolve-model.ts';
import { openCalibration } from '../../core/quantize/open-calibration.ts';
import { openEvaluation, sharesData } from '../../core/quantize/open-evaluation.ts';
import { quantizeModel } from '../../core/quantize/quantize-model.ts';
import { recipes } from '../../core/quantize/registry.ts';
import { chooseExclusions } from '../../core/quantize/sensitivity/choose-exclusions.ts';
import type { Dataset } from '../../core/models/inputs/dataset/dataset.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import type { RecipeId } from '../../shared/domain/quantization.ts';
import type { Sensitivity } from '../../shared/domain/sensitivity.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { QuantizeData } from '../output/documents.ts';
import { printQuantization } from '../output/quantization.ts';
import { createQuantizeProgress, type QuantizeProgress } from '../output/quantize-progress.ts';
import { printSensitivity } from '../output/sensitivity.ts';
import { propose } from './propose.ts';

export interface QuantizeOptions {
  to?: RecipeId;
  output?: string;
  provider: ProviderId;
  exclude: readonly string[];
  dim: Record<string, number>;
  calibration?: string;
  calibrationSamples?: number;
  calibrationMethod?: 'min-max' | 'entropy' | 'percentile';
  percentile?: number;
  scheme?: 'u8s8' | 's8s8';
  maxDrop?: number;
  evaluate?: string;
  evaluationSamples?: number;
  sensitivity?: true;
  block?: number;
  asymmetric?: true;
  accuracyLevel?: number;
  perTensor?: true;
  reduceRange?: true;
  floatOperator: readonly string[];
}

/** What every step works on. */
interface Work {
  core: Core;
  model: ResolvedModel;
  recipe: RecipeId;
  options: QuantizeOptions;
  /** Calibration data; null: generated inputs, or a recipe without calibration. */
  data: Dataset | null;
  dims: Record<string, number>;
  progress: QuantizeProgress;
  signal: AbortSignal;
}

/** Writes a variant of a model in a lower precision, or ranks its nodes, or says which variants are worth making. */
export async function quantize(host: CommandHost, name: string, options: QuantizeOptions): Promise<CommandResult> {
  const { openCore, terminal, signal } = host;
  const { to: recipe, output } = options;
  checkCombination(options);
  const core = await openCore();
  const progress = createQuantizeProgress(terminal, name);
  const model = await resolveModel(name, core, { signal, onProgress: progress.share('preparing') });
  if (recipe === undefined) return propose(host, core, model, options.provider);
  const defaults = Object.entries(model.reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch');
  const dims = { ...Object.fromEntries(defaults), ...options.dim };
  const { temporary: temporaryFolder } = core.directory;
  await using opened = recipes[recipe].usesCalibration
    ? await openCalibration(options.calibration ?? null, model, {
        // A size that is only usual does not speak against data that has another.
        dims: options.dim,
        temporaryFolder,
        keepsSomeApart: isJudged(options) && sharesData(options.calibration ?? null, options.evaluate ?? null),
        signal,
        ...(options.calibrationSamples === undefined ? {} : { maxSamples: options.calibrationSamples }),
      })
    : null;
  const data = opened?.data ?? null;
  const work: Work = { core, model, recipe, options, data, dims: { ...dims, ...data?.dims }, progress, signal };
  const sensitivity = isJudged(options) ? await judge(work) : null;
  if (output === undefined) {
    if (sensitivity === null) throw new Error('Without a file to write there is something to rank.');
    terminal.endProgress();
    printSensitivity(terminal, sensitivity);
    return { data: { sensitivity } };
  }
  const { onProgress, ...common } = quantizeOptions(work);
  const excluded = [...options.exclude, ...(sensitivity?.excluded ?? [])];
  const written = await quantizeModel(model.path, {
    ...common,
    excluded,
    target: output,
    version: core.app.version,
    onProgress,
  });
  const result: QuantizeData = { ...written, sensitivity };
  terminal.endProgress();
  printQuantization(terminal, result, data?.description ?? null);
  if (sensitivity !== null) printSensitivity(terminal, sensitivity);
  return { data: result };
}

/** Chooses the nodes to leave, or only ranks them where there is no bound. */
async function judge(work: Work): Promise<Sensitivity> {
  const { core, model, options, data, progress, signal } = work;
  const common = quantizeOptions(work);
  await using evaluation = await openEvaluation(model, {
    place: options.evaluate ?? null,
    calibration: { place: options.calibration ?? null, pool: data?.pool ?? null },
    dims: options.evaluate === undefined ? work.dims : options.dim,
    spawn: core.spawn,
    temporaryFolder: core.directory.temporary,
    signal,
    ...(options.evaluationSamples === undefined ? {} : { maxSamples: options.evaluationSamples }),
  });
  return await chooseExclusions(model.path, {
    ...common,
    evaluation: evaluation.data,
    voidReason: evaluation.voidReason,
    bound: options.maxDrop ?? null,
    ranksAlways: options.sensitivity === true,
    onProgress: progress.sensitivity,
  });
}

function quantizeOptions({ core, recipe, options, data, dims, progress, signal }: Work) {
  return {
    recipe,
    parameters: toParameters(options),
    excluded: options.exclude,
    ...(data === null ? {} : { calibration: data.pool }),
    spawn: core.spawn,
    temporaryFolder: core.directory.temporary,
    dims,
    signal,
    onProgress: progress.quantize,
  };
}

/** Throws USAGE for options that have nothing to do with each other. */
function checkCombination(options: QuantizeOptions): void {
  const { to: recipe, output } = options;
  if (recipe === undefined) {
    const making = ['output', 'calibration', 'maxDrop', 'evaluate', 'sensitivity'] as const;
    if (making.every((name) => options[name] === undefined)) return;
    throw usage(
      'Without --to nothing is made, so there is nothing to write or to judge.',
      'Choose a recipe by --to, or leave the other options out to see which ones are proposed.',
    );
  }
  if (output === undefined && options.sensitivity === undefined) {
    throw usage(
      'There is no file to write.',
      'Name it by -o, or give --sensitivity to rank the nodes without writing.',
    );
  }
  const calibrating = ['calibration', 'calibrationSamples'] as const;
  if (!recipes[recipe].usesCalibration && calibrating.some((name) => options[name] !== undefined)) {
    throw usage(
      `The recipe ${recipe} does not calibrate.`,
      'Leave --calibration out; data to judge the result by is given by --evaluate.',
    );
  }
  const judging = ['evaluate', 'evaluationSamples'] as const;
  if (!isJudged(options) && judging.some((name) => options[name] !== undefined)) {
    throw usage(
      'Data for evaluation is used by --max-drop and --sensitivity only.',
      'Give one of them, or compare the models afterwards with `inferometer compare`.',
    );
  }
}

/** Whether variants are run on evaluation data. */
function isJudged({ maxDrop, sensitivity }: QuantizeOptions): boolean {
  return maxDrop !== undefined || sensitivity !== undefined;
}

function usage(message: string, remedy: string): InferometerError {
  return new InferometerError({ code: 'USAGE', message, remedy });
}

/** What was given; the recipe refuses what it does not know. */
function toParameters(options: QuantizeOptions): Record<string, unknown> {
  const method = options.calibrationMethod ?? (options.percentile === undefined ? undefined : 'percentile');
  return {
    ...(options.scheme === undefined ? {} : { scheme: options.scheme }),
    ...(method === undefined ? {} : { calibration: method }),
    ...(options.percentile === undefined ? {} : { percentile: options.percentile }),
    ...(options.block === undefined ? {} : { blockSize: options.block }),
    ...(options.asymmetric === undefined ? {} : { symmetric: false }),
    ...(options.accuracyLevel === undefined ? {} : { accuracyLevel: options.accuracyLevel }),
    ...(options.perTensor === undefined ? {} : { perChannel: false }),
    ...(options.reduceRange === undefined ? {} : { reduceRange: true }),
    ...(options.floatOperator.length === 0 ? {} : { floatOperators: options.floatOperator }),
  };
}
