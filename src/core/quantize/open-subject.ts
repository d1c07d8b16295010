import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ValueRange } from '../../shared/calibration/value-range.ts';
import type { ElementType, TensorInfo } from '../../shared/domain/model.ts';
import type { Quantization } from '../../shared/domain/quantization.ts';
import { runOnce } from '../engine-client/evaluate.ts';
import { plainSession } from '../engine-client/session-config.ts';
import type { InputPool } from '../models/inputs/generate-inputs.ts';
import type { NodeProto } from '../onnx/gen/onnx_pb.js';
import { withFileFailures } from '../onnx/output-file.ts';
import { readModel, type LoadedModel } from '../onnx/read.ts';
import { withAllTensorsAsOutputs } from '../onnx/shape-graph.ts';
import { writeModel } from '../onnx/write.ts';
import { collectRanges, type CalibrationMethod } from './calibration/collect-ranges.ts';
import { checkVaries } from './calibration/check-pool.ts';
import { openPool } from './calibration/open-pool.ts';
import type { CheckPorts } from './check-result.ts';
import { openGraph } from './graph/editable-graph.ts';
import { upgradeOpset } from './opset/upgrade-opset.ts';
import type { Recipe, RecipeSubject } from './recipe/define-recipe.ts';
import { findSimplified } from './static/find-simplified.ts';
import { inferKnownTypes } from './static/known-types.ts';
import { simplify } from './static/preprocess.ts';

export interface SubjectOptions extends CheckPorts {
  excluded: readonly string[];
  calibration?: InputPool;
  /** True: ranges of all tensors are collected at once, because variants with other nodes left need others. */
  collectsAll?: boolean;
  /** Called with the share of the calibration that is done. */
  onProgress: (share: number) => void;
}

/** A model as a recipe changes it, and what came before. Disposing removes temporary files, after the result is written. */
export interface OpenSubject extends RecipeSubject, AsyncDisposable {
  opsetUpgrade: Quantization['opsetUpgrade'];
  /** Inputs that the ranges come from; null before any were collected. */
  calibration(): Quantization['calibration'];
  /** The model anew with other nodes left, for one more variant of it; what was found out about it is shared. */
  reopen(excluded: readonly string[]): Promise<RecipeSubject>;
}

/** Reads the source anew, converted up where its operator set is too old, and simplified where the recipe calibrates. */
export async function openSubject(source: LoadedModel, recipe: Recipe, options: SubjectOptions): Promise<OpenSubject> {
  const { excluded, signal } = options;
  const abort = signal ? { signal } : {};
  const describeSource = once(() => describeTensors(source, options));
  const loaded = await readModel(source.path, abort);
  const opsetUpgrade = await upgradeOpset(loaded, recipe.oldestOpset, describeSource);
  if (recipe.usesCalibration)
    return openSimplified(source, opsetUpgrade === null ? null : loaded, opsetUpgrade, options);
  const toSubject = (model: LoadedModel, names: ReadonlySet<string>): RecipeSubject => ({
    graph: openGraph(model),
    isExcluded: (node) => names.has(node.name) || node.output.some((name) => names.has(name)),
    tensorTypes: async () => toTypes(await describeSource()),
    collectRanges: () => Promise.reject(new Error(`The recipe ${recipe.id} does not use calibration.`)),
  });
  return {
    ...toSubject(loaded, new Set(excluded)),
    opsetUpgrade,
    calibration: () => null,
    async reopen(names) {
      const again = await readModel(source.path, abort);
      await upgradeOpset(again, recipe.oldestOpset, describeSource);
      return toSubject(again, new Set(names));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** `upgraded` is the source with a newer operator set, in memory; null where the source itself is new enough. */
async function openSimplified(
  source: LoadedModel,
  upgraded: LoadedModel | null,
  opsetUpgrade: Quantization['opsetUpgrade'],
  options: SubjectOptions,
): Promise<OpenSubject> {
  await using stack = new AsyncDisposableStack();
  const input = upgraded === null ? source : await writeTemporary(upgraded, options, stack);
  const simplified = stack.use(await simplify(input, options));
  const { pool } = stack.use(await openPool(source, options.calibration, options));
  let calibration: Quantization['calibration'] = null;
  const known = new Map<string, ValueRange | null>();
  const tensorTypes = once(
    async () => inferKnownTypes(simplified.loaded) ?? toTypes(await describeTensors(simplified.loaded, options)),
  );
  const floatTensors = async (): Promise<string[]> => {
    const types = await tensorTypes();
    const { input: inputs, node } = simplified.loaded.graph;
    const names = [...inputs.map(({ name }) => name), ...node.flatMap(({ output }) => output)];
    return names.filter((name) => types.get(name) === 'float32');
  };
  const collect = async (tensors: readonly string[], method: CalibrationMethod): Promise<Map<string, ValueRange>> => {
    const { spawn, temporaryFolder, signal, onProgress } = options;
    const ports = { spawn, temporaryFolder, method, onProgress, ...(signal ? { signal } : {}) };
    // Recipes have one method, and variants of a model mostly the same tensors.
    const missing = tensors.filter((tensor) => !known.has(tensor));
    if (missing.length > 0) {
      const others = options.collectsAll === true && known.size === 0 ? await floatTensors() : [];
      const wanted = [...new Set([...missing, ...others])];
      const found = await collectRanges(simplified.loaded, wanted, pool, ports);
      checkVaries(source, new Map([...usable(known), ...found]));
      for (const tensor of wanted) known.set(tensor, found.get(tensor) ?? null);
    }
    const { sha256, source: origin, distinctSamples: samples, remarks } = pool;
    calibration = { source: origin, sha256, samples, method: method.kind, remarks: [...remarks] };
    return usable(tensors.map((tensor) => [tensor, known.get(tensor) ?? null]));
  };
  const reopen = async (names: readonly string[]): Promise<RecipeSubject> => {
    const graph = openGraph(await simplified.readAgain());
    const isLeft = findSimplified(input.graph, graph.graph, names);
    return {
      graph,
      isExcluded: (node: NodeProto) => isLeft.has(node),
      wholeOf: ({ name }: NodeProto) => simplified.wholes.get(name),
      tensorTypes,
      collectRanges: collect,
    };
  };
  const subject = await reopen(options.excluded);
  const moved = stack.move();
  return {
    ...subject,
    opsetUpgrade,
    calibration: () => calibration,
    reopen,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function usable(ranges: Iterable<readonly [string, ValueRange | null]>): Map<string, ValueRange> {
  return new Map([...ranges].flatMap(([tensor, range]) => (range === null ? [] : [[tensor, range] as const])));
}

async function writeTemporary(
  loaded: LoadedModel,
  { temporaryFolder, signal }: CheckPorts,
  stack: AsyncDisposableStack,
): Promise<LoadedModel> {
  const prefix = path.join(temporaryFolder, `upgraded-${process.pid}-`);
  const folder = await withFileFailures(temporaryFolder, mkdtemp(prefix));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const abort = signal ? { signal } : {};
  const { model, tensorData } = openGraph(loaded).finish();
  const file = path.join(folder, 'model.onnx');
  await writeModel(model, file, { tensorData, ...abort });
  return readModel(file, abort);
}

/** Types and dimensions of all tensors of the main graph as ONNX Runtime infers them; that needs no run. */
async function describeTensors(
  loaded: LoadedModel,
  { spawn, temporaryFolder, signal }: CheckPorts,
): Promise<Map<string, TensorInfo>> {
  await using file = await withAllTensorsAsOutputs(loaded, temporaryFolder);
  const session = plainSession(file.path, { graphOptimization: 'disabled' });
  const { inputs, outputs } = await runOnce(spawn, { kind: 'describe', session }, signal ? { signal } : {});
  return new Map([...inputs, ...outputs].map((info) => [info.name, info]));
}

function toTypes(tensors: ReadonlyMap<string, TensorInfo>): Map<string, ElementType> {
  return new Map([...tensors].map(([name, { type }]) => [name, type]));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
