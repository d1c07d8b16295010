import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RecipeId } from '../../shared/domain/quantization.ts';
import type { QuantizingProgress } from '../../shared/domain/quantizing.ts';
import type { Sensitivity, SensitivityProgress } from '../../shared/domain/sensitivity.ts';
import type { VariantReport } from '../../shared/domain/variant-report.ts';
import { refuseTakenName, storeModel } from '../models/import/add-model.ts';
import { variantsFolder } from '../models/import/copies.ts';
import { importModel, type ImportedModel } from '../models/import/import-model.ts';
import type { InputPool } from '../models/inputs/generate-inputs.ts';
import { resolveModel, type ResolvedModel, type ResolvePorts } from '../models/resolve-model.ts';
import { openCalibration } from './open-calibration.ts';
import { openEvaluation, sharesData } from './open-evaluation.ts';
import { quantizeModel, type QuantizeOptions } from './quantize-model.ts';
import { recipes } from './registry.ts';
import { chooseExclusions } from './sensitivity/choose-exclusions.ts';
import { createVariantFolder, publishVariant, toFileName } from './variant-files.ts';

export interface VariantRequest {
  /** Model to quantize, as a plan names it. */
  name: string;
  recipe: RecipeId;
  /** Those that differ from the recipe's defaults. */
  parameters: Readonly<Record<string, unknown>>;
  /** Names of nodes, or of their outputs, that stay as they are. */
  excluded: readonly string[];
  /** File or folder with calibration data; null: the model's own samples, else generated inputs. */
  calibration: string | null;
  /** Largest loss on the evaluation data; nodes are left until it is met. null: nothing is judged. */
  maxDrop: number | null;
  /** File or folder with evaluation data; null: a part of the calibration data, else held-out samples of the model. */
  evaluation: string | null;
  /** Ranks every node by what it costs alone, also without a bound. */
  ranks: boolean;
  /** Sizes of open dimensions. */
  dims: Readonly<Record<string, number>>;
  /** Name under which the variant is listed. */
  saveAs: string;
}

export interface VariantPorts extends ResolvePorts {
  app: { version: string };
}

export interface MakeOptions {
  onProgress?: (progress: QuantizingProgress) => void;
  signal?: AbortSignal;
}

type Common = Omit<QuantizeOptions, 'target' | 'version' | 'onProgress'>;

/**
 * Quantizes a model into a folder of the data directory and lists the result under a name. Leaves nothing behind when
 * that fails or is cancelled. Throws USAGE for a name that is taken, and what resolveModel, quantizeModel and
 * chooseExclusions throw.
 */
export async function makeVariant(
  ports: VariantPorts,
  request: VariantRequest,
  { onProgress = () => undefined, signal }: MakeOptions = {},
): Promise<{ model: ImportedModel; report: VariantReport }> {
  const { recipe, saveAs, dims } = request;
  const isJudged = request.maxDrop !== null || request.ranks;
  const abort = signal ? { signal } : {};
  // What would be refused in the end is refused before the work.
  refuseTakenName(ports.storage, saveAs);
  const onBuilding = (share: number): void => {
    if (share < 1) onProgress({ stage: 'building', share });
  };
  const source = await resolveModel(request.name, ports, { onProgress: onBuilding, ...abort });
  const { temporary: temporaryFolder } = ports.directory;
  // Data is not read in vain for recipes that do not calibrate. Sizes that are only usual do not speak against it.
  await using opened = recipes[recipe].usesCalibration
    ? await openCalibration(request.calibration, source, {
        dims,
        temporaryFolder,
        keepsSomeApart: isJudged && sharesData(request.calibration, request.evaluation),
        ...abort,
      })
    : null;
  const data = opened?.data ?? null;
  const common: Common = {
    recipe,
    parameters: request.parameters,
    excluded: request.excluded,
    ...(data === null ? {} : { calibration: data.pool }),
    spawn: ports.spawn,
    temporaryFolder,
    dims: { ...ownDims(source), ...dims, ...data?.dims },
    ...abort,
  };
  const sensitivity = isJudged
    ? await judge(source, common, { ...request, bound: request.maxDrop, pool: data?.pool ?? null, onProgress })
    : null;
  const folder = variantsFolder(ports.directory);
  await using made = await createVariantFolder(folder);
  const stem = toFileName(saveAs);
  const quantization = await quantizeModel(source.path, {
    ...common,
    excluded: [...request.excluded, ...(sensitivity?.excluded ?? [])],
    target: path.join(made.path, `${stem}.onnx`),
    version: ports.app.version,
    onProgress: (share, stage) => onProgress({ stage, share }),
  });
  const imported = await importModel(quantization.target.path, { name: saveAs, ...abort });
  const home = path.join(folder, `${stem}-${imported.summary.sha256.slice(0, 12)}`);
  const model = { ...imported, path: path.join(home, path.basename(imported.path)) };
  const report: VariantReport = {
    ...quantization,
    target: { ...quantization.target, path: model.path },
    sensitivity,
  };
  signal?.throwIfAborted();
  await publishVariant(made.path, home, report);
  try {
    storeModel(ports.storage, model, 'quantized');
  } catch (error) {
    const isListed = ports.storage.models.list().some((other) => other.path === model.path);
    if (!isListed) await rm(home, { recursive: true, force: true });
    throw error;
  }
  return { model, report };
}

interface Judgement extends Pick<VariantRequest, 'calibration' | 'evaluation' | 'ranks' | 'dims'> {
  bound: number | null;
  /** What is calibrated with. */
  pool: InputPool | null;
  onProgress: (progress: QuantizingProgress) => void;
}

/** Chooses the nodes to leave so that the loss stays within a bound, or only ranks them where there is none. */
async function judge(
  source: ResolvedModel,
  common: Common,
  { bound, pool, calibration, evaluation, ranks, dims: given, onProgress }: Judgement,
): Promise<Sensitivity> {
  const { spawn, temporaryFolder, dims, signal } = common;
  await using opened = await openEvaluation(source, {
    place: evaluation,
    calibration: { place: calibration, pool },
    dims: evaluation === null ? dims : given,
    spawn,
    temporaryFolder,
    ...(signal ? { signal } : {}),
  });
  return await chooseExclusions(source.path, {
    ...common,
    evaluation: opened.data,
    voidReason: opened.voidReason,
    bound,
    ranksAlways: ranks,
    onProgress: (progress) => onProgress({ stage: 'judging', share: shareOf(progress) }),
  });
}

/** Shares of judging that are done when each stage begins; how long a search takes is not known before. */
const judgingStages = { source: 0, all: 0.05, scan: 0.1, search: 0.75 };

function shareOf({ stage, done, of }: SensitivityProgress): number {
  const begin = judgingStages[stage];
  if (stage === 'search') return 1 - (1 - begin) * 0.8 ** done;
  const end = stage === 'source' ? judgingStages.all : stage === 'all' ? judgingStages.scan : judgingStages.search;
  return begin + ((end - begin) * done) / Math.max(1, of ?? 1);
}

/** Sizes that a reference model has of itself; the batch is left open. */
function ownDims({ reference }: ResolvedModel): Record<string, number> {
  return Object.fromEntries(Object.entries(reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch'));
}
