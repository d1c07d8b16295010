import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { ElementType, TensorInfo } from '../../shared/domain/model.ts';
import type { Quantization, RecipeId } from '../../shared/domain/quantization.ts';
import { InferometerError } from '../../shared/errors.ts';
import { runOnce } from '../engine-client/evaluate.ts';
import { plainSession } from '../engine-client/session-config.ts';
import type { ModelProto, NodeProto } from '../onnx/gen/onnx_pb.js';
import { StringStringEntryProtoSchema } from '../onnx/gen/onnx_pb.js';
import { hashModel } from '../onnx/inspect.ts';
import { withFileFailures } from '../onnx/output-file.ts';
import { readModel, type LoadedModel } from '../onnx/read.ts';
import { withAllTensorsAsOutputs } from '../onnx/shape-graph.ts';
import { writeModel, type TensorData, type WrittenModel } from '../onnx/write.ts';
import { checkResult, type CheckPorts } from './check-result.ts';
import { checkChanged, checkExcluded, checkSource } from './check-source.ts';
import { openGraph } from './graph/editable-graph.ts';
import { upgradeOpset } from './opset/upgrade-opset.ts';
import { recipes } from './registry.ts';

export interface QuantizeOptions extends CheckPorts {
  recipe: RecipeId;
  /** Those that differ from the recipe's defaults. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Names of nodes, or of their outputs, that stay as they are. */
  excluded?: readonly string[];
  /** File to write; an existing one is replaced. */
  target: string;
  /** Version of the application, for the file's metadata. */
  version: string;
  /** Called with the share of the work that is done, from 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Shares of the work that are done when each stage begins. */
const stages = { write: 0.15, check: 0.8 };

/**
 * Makes a variant of a model in a lower precision. The file appears under its name when ONNX Runtime has loaded and run
 * it, and not at all otherwise; the source is only read. The same source, recipe, parameters and version give the same
 * bytes. Throws MODEL_*, USAGE, QUANTIZED_MODEL_REFUSED, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function quantizeModel(sourcePath: string, options: QuantizeOptions): Promise<Quantization> {
  const { excluded = [], signal, onProgress = () => undefined } = options;
  const abort = signal ? { signal } : {};
  const recipe = recipes[options.recipe];
  const prepared = recipe.prepare(options.parameters ?? {});
  const target = path.resolve(options.target);
  // Twice: the recipe changes one of them, and the other is what the result is compared with.
  const source = await readModel(sourcePath, abort);
  const loaded = await readModel(sourcePath, abort);
  await protectSource(source, target);
  checkSource(loaded);
  checkExcluded(loaded, excluded);
  const isExcluded = (node: NodeProto): boolean =>
    excluded.includes(node.name) || node.output.some((name) => excluded.includes(name));
  const describe = once(() => describeTensors(source, options));
  const opsetUpgrade = await upgradeOpset(loaded, recipe.oldestOpset, describe);
  const graph = openGraph(loaded);
  const nodes = await prepared.apply({ graph, isExcluded, tensorTypes: async () => toTypes(await describe()) });
  checkChanged(loaded.path, recipe, nodes);
  const sha256 = await hashModel(source, signal);
  const { model, tensorData } = graph.finish();
  describeOrigin(model, {
    recipe: recipe.id,
    parameters: JSON.stringify(prepared.parameters),
    excluded: JSON.stringify(excluded),
    source_sha256: sha256,
    ...(opsetUpgrade === null ? {} : { converted_from_opset: String(opsetUpgrade.from) }),
    version: options.version,
  });
  onProgress(stages.write);
  await using workplace = await createWorkplace(target);
  const reported = reportWriting(model, tensorData, (share) =>
    onProgress(stages.write + share * (stages.check - stages.write)),
  );
  const written = await writeModel(model, workplace.file, { tensorData: reported, ...abort });
  onProgress(stages.check);
  const check = await checkResult(source, workplace.file, recipe, options);
  signal?.throwIfAborted();
  await publish(workplace.file, target, written);
  onProgress(1);
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
    target: { path: target, ...written },
    nodes,
    check,
  };
}

/** Throws USAGE where writing would replace a file of the source. */
async function protectSource(source: LoadedModel, target: string): Promise<void> {
  const own = [source.path, ...source.externalFiles.map((file) => file.path)];
  for (const file of [target, externalPath(target)]) {
    const found = await stat(file).catch(() => null);
    for (const one of own) {
      const status = await stat(one);
      const isSame = one === file || (found?.ino === status.ino && found.dev === status.dev);
      if (!isSame) continue;
      throw new InferometerError({
        code: 'USAGE',
        message: `Writing ${target} would replace a file of the source model.`,
        remedy: 'Choose another name for the quantized model.',
        data: { file: one },
      });
    }
  }
}

function externalPath(target: string): string {
  return `${target}.data`;
}

/** Types and dimensions of all tensors of the main graph as ONNX Runtime infers them; that needs no run. */
async function describeTensors(
  source: LoadedModel,
  { spawn, temporaryFolder, signal }: CheckPorts,
): Promise<Map<string, TensorInfo>> {
  await using file = await withAllTensorsAsOutputs(source, temporaryFolder);
  const session = plainSession(file.path, { graphOptimization: 'disabled' });
  const { inputs, outputs } = await runOnce(spawn, { kind: 'describe', session }, signal ? { signal } : {});
  return new Map([...inputs, ...outputs].map((info) => [info.name, info]));
}

function toTypes(tensors: ReadonlyMap<string, TensorInfo>): Map<string, ElementType> {
  return new Map([...tensors].map(([name, { type }]) => [name, type]));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= work());
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

/** A folder beside the target, so that what is in it can be renamed into place. */
async function createWorkplace(target: string): Promise<AsyncDisposable & { file: string }> {
  const prefix = path.join(path.dirname(target), `.${path.basename(target)}.`);
  const folder = await withFileFailures(target, mkdtemp(prefix));
  return {
    // The name of an external file is written into the model, so both have their final names here.
    file: path.join(folder, path.basename(target)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Moves the files into place, the data first: a model whose data is missing must never be visible. */
async function publish(file: string, target: string, { externalFile }: WrittenModel): Promise<void> {
  if (externalFile !== null) await withFileFailures(target, rename(externalPath(file), externalPath(target)));
  try {
    await withFileFailures(target, rename(file, target));
  } catch (error) {
    if (externalFile !== null) await rm(externalPath(target), { force: true });
    throw error;
  }
}
