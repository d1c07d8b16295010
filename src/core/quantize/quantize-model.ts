import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { Quantization, RecipeId } from '../../shared/domain/quantization.ts';
import type { QuantizingStage } from '../../shared/domain/quantizing.ts';
import { removeAbandoned } from '../abandoned-files.ts';
import { spawnAhead } from '../engine-client/spawn-ahead.ts';
import type { InputPool } from '../models/inputs/generate-inputs.ts';
import type { ModelProto } from '../onnx/gen/onnx_pb.js';
import { StringStringEntryProtoSchema } from '../onnx/gen/onnx_pb.js';
import { hashModel } from '../onnx/inspect.ts';
import { withFileFailures } from '../onnx/output-file.ts';
import { readModel } from '../onnx/read.ts';
import { writeModel, type TensorData } from '../onnx/write.ts';
import { checkResult, type CheckPorts } from './check-result.ts';
import { checkChanged, checkExcluded, checkSource } from './check-source.ts';
import { openSubject } from './open-subject.ts';
import type { PreparedRecipe } from './recipe/define-recipe.ts';
import { recipes } from './registry.ts';
import { probeSaturation } from './saturation-probe.ts';
import { createWorkplace, protectFiles, publish } from './workplace.ts';

export interface QuantizeOptions extends CheckPorts {
  recipe: RecipeId;
  /** Those that differ from the recipe's defaults. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Names of nodes, or of their outputs, that stay as they are. */
  excluded?: readonly string[];
  /**
   * Inputs that ranges of activations are learned from, for recipes that calibrate. Without any, inputs are generated:
   * the result then tells of speed only, its quality means nothing.
   */
  calibration?: InputPool;
  /** File to write; an existing one is replaced. */
  target: string;
  /** Version of the application, for the file's metadata. */
  version: string;
  /** Called with the share of the work that is done, from 0 to 1. */
  onProgress?: (share: number, stage: QuantizingStage) => void;
}

/** Shares of the work that are done when each stage begins. */
const plainStages = { calibrate: 0, write: 0.15, check: 0.8 };
const calibratedStages = { calibrate: 0.15, write: 0.7, check: 0.9 };

/**
 * Makes a variant of a model in a lower precision. The file appears under its name when ONNX Runtime has loaded and run
 * it, and not at all otherwise; the source is only read. The same source, recipe, parameters and version give the same
 * bytes. Throws MODEL_*, USAGE, CALIBRATION_INVALID, QUANTIZED_MODEL_REFUSED, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function quantizeModel(sourcePath: string, options: QuantizeOptions): Promise<Quantization> {
  const { excluded = [], signal, onProgress = () => undefined } = options;
  const abort = signal ? { signal } : {};
  const recipe = recipes[options.recipe];
  // Refused before anything is done.
  recipe.prepare(options.parameters ?? {});
  const preparing = prepareRecipe(options);
  // A processor is probed while the model is read and hashed; what is wrong is thrown where it is awaited.
  preparing.catch(() => undefined);
  const target = path.resolve(options.target);
  const source = await readModel(sourcePath, abort);
  await protectFiles(source, target);
  checkSource(source);
  checkExcluded(source, excluded);
  await withFileFailures(options.temporaryFolder, removeAbandoned(options.temporaryFolder));
  await using workplace = await createWorkplace(target);
  const stages = recipe.usesCalibration ? calibratedStages : plainStages;
  await using engines = spawnAhead(options.spawn);
  const ports = { ...options, spawn: engines.spawn };
  // To simplify and to calibrate; recipes without calibration mostly need none before the check.
  if (recipe.usesCalibration) engines.expect(2);
  await using subject = await openSubject(source, recipe, {
    ...ports,
    excluded,
    onProgress: (share) => onProgress(stages.calibrate + share * (stages.write - stages.calibrate), 'calibrating'),
  });
  const sha256 = await hashModel(source, signal);
  const prepared = await preparing;
  const nodes = await prepared.apply(subject);
  checkChanged(source.path, recipe, nodes);
  const { model, tensorData } = subject.graph.finish();
  const { opsetUpgrade } = subject;
  const calibration = subject.calibration();
  describeOrigin(model, {
    recipe: recipe.id,
    parameters: JSON.stringify(prepared.parameters),
    excluded: JSON.stringify(excluded),
    source_sha256: sha256,
    ...(calibration === null ? {} : { calibration: JSON.stringify(describeCalibration(calibration)) }),
    ...(opsetUpgrade === null ? {} : { converted_from_opset: String(opsetUpgrade.from) }),
    version: options.version,
  });
  onProgress(stages.write, 'writing');
  engines.expect(1);
  const reported = reportWriting(model, tensorData, (share) =>
    onProgress(stages.write + share * (stages.check - stages.write), 'writing'),
  );
  const written = await writeModel(model, workplace.file, { tensorData: reported, ...abort });
  onProgress(stages.check, 'checking');
  const check = await checkResult(source, workplace.file, recipe, ports);
  signal?.throwIfAborted();
  await publish(workplace.file, target, written);
  onProgress(1, 'checking');
  return {
    recipe: recipe.id,
    parameters: { ...prepared.parameters },
    excluded: [...excluded],
    source: {
      path: source.path,
      sha256,
      sizeBytes: source.externalFiles.reduce((sum, { bytes }) => sum + bytes, source.fileBytes),
    },
    opsetUpgrade,
    calibration,
    target: { path: target, ...written },
    nodes,
    check,
  };
}

/** A recipe with its parameters, as this machine wants them where they say so. Throws USAGE. */
export async function prepareRecipe({
  recipe,
  parameters = {},
  spawn,
  signal,
}: Pick<QuantizeOptions, 'recipe' | 'parameters' | 'spawn' | 'signal'>): Promise<PreparedRecipe> {
  const abort = signal ? { signal } : {};
  return recipes[recipe].prepare(parameters).resolve({
    architecture: process.arch,
    saturates: async () => (await probeSaturation(spawn, abort)).saturates,
  });
}

/** What the file says of its calibration. */
function describeCalibration({ source, sha256, samples, method }: NonNullable<Quantization['calibration']>) {
  const quality = source === 'generated' ? { quality: 'void, calibrated with generated inputs' } : {};
  return { method, source, samples, sha256, ...quality };
}

/** Metadata that says where the file comes from; without dates, so that the same work gives the same bytes. */
function describeOrigin(model: ModelProto, facts: Readonly<Record<string, string>>): void {
  const entries = Object.entries(facts).map(([key, value]) => ({ key: `inferometer.${key}`, value }));
  const keys = new Set(entries.map(({ key }) => key));
  model.metadataProps = [
    ...model.metadataProps.filter(({ key }) => !keys.has(key)),
    ...entries.map((entry) => create(StringStringEntryProtoSchema, entry)),
  ];
}

function reportWriting(model: ModelProto, tensorData: TensorData, onShare: (share: number) => void): TensorData {
  const total = Math.max(1, model.graph?.initializer.length ?? 0);
  const done = new Set<string>();
  return (name) => {
    done.add(name);
    onShare(Math.min(1, done.size / total));
    return tensorData(name);
  };
}
