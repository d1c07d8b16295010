import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { TypeProto, ValueInfoProto } from './gen/onnx_pb.js';
import type { Sha256 } from '../../shared/domain/ids.ts';
import { sha256Schema } from '../../shared/domain/ids.ts';
import type { Dimension, ModelSummary, TensorInfo } from '../../shared/domain/model.ts';
import { toElementType } from './element-types.ts';
import { fileFailure } from './model-failures.ts';
import type { LoadedModel, ReadOptions } from './read.ts';
import { readModel } from './read.ts';
import { allNodes, toDomain, toOperatorName } from './walk.ts';
import type { Weight } from './weights.ts';
import { listWeights } from './weights.ts';

/** Reads a model file and says what is in it. Throws InferometerError with a MODEL_* code. */
export async function inspectModel(
  modelPath: string,
  options: Pick<ReadOptions, 'signal'> = {},
): Promise<ModelSummary> {
  const loaded = await readModel(modelPath, options);
  return summarizeModel(loaded, await hashModel(loaded, options.signal));
}

/** What is in a model that was read before; `sha256` comes from `hashModel`. */
export function summarizeModel(loaded: LoadedModel, sha256: Sha256): ModelSummary {
  const { model } = loaded;
  const weights = listWeights(loaded);
  const operators = countOperators(loaded);
  const parameters = weights.reduce((sum, weight) => sum + weight.elements, 0);
  return {
    sha256,
    sizeBytes: loaded.externalFiles.reduce((sum, file) => sum + file.bytes, loaded.fileBytes),
    irVersion: Number(model.irVersion),
    opsets: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [toDomain(domain), Number(version)])),
    producer: [model.producerName, model.producerVersion].filter((part) => part !== '').join(' ') || null,
    inputs: modelInputs(loaded),
    outputs: loaded.graph.output.map(toTensorInfo),
    operators,
    nodeCount: Object.values(operators).reduce((sum, count) => sum + count, 0),
    parameters,
    weightBytes: weights.reduce((sum, weight) => sum + weight.bytes, 0),
    weightPrecision: precisionShares(weights, parameters),
    externalData: loaded.externalFiles.length > 0,
    externalFiles: loaded.externalFiles.map(({ location }) => location),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}

/** Inputs that a caller has to feed: files before IR version 4 list their initializers as inputs too. */
export function modelInputs(loaded: LoadedModel): TensorInfo[] {
  const initializers = new Set(loaded.graph.initializer.map((tensor) => tensor.name));
  return loaded.graph.input.filter((input) => !initializers.has(input.name)).map(toTensorInfo);
}

/** SHA-256 of the .onnx file's bytes followed by those of its external files in order of their location. */
export async function hashModel(loaded: LoadedModel, signal?: AbortSignal): Promise<Sha256> {
  const hash = createHash('sha256');
  for (const file of [loaded.path, ...loaded.externalFiles.map((external) => external.path)]) {
    try {
      await pipeline(
        createReadStream(file, { highWaterMark: 1 << 20 }),
        async (chunks: AsyncIterable<Buffer>) => {
          for await (const chunk of chunks) hash.update(chunk);
        },
        signal ? { signal } : {},
      );
    } catch (cause) {
      throw fileFailure(file, cause) ?? cause;
    }
  }
  return sha256Schema.parse(hash.digest('hex'));
}

function countOperators(loaded: LoadedModel): Record<string, number> {
  const counts = new Map<string, number>();
  for (const node of allNodes(loaded.model)) {
    const name = toOperatorName(node);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function precisionShares(weights: readonly Weight[], parameters: number): Record<string, number> {
  const elements = new Map<string, number>();
  for (const weight of weights) {
    if (weight.elements === 0) continue;
    elements.set(weight.precision, (elements.get(weight.precision) ?? 0) + weight.elements);
  }
  return Object.fromEntries([...elements].map(([precision, count]) => [precision, count / parameters]));
}

export function toTensorInfo(info: ValueInfoProto): TensorInfo {
  return { name: info.name, ...toTensorType(info.type) };
}

/** Sequences, maps and optionals have no dimensions; their type is "other". */
function toTensorType(type: TypeProto | undefined): Pick<TensorInfo, 'type' | 'dims'> {
  if (type?.value.case !== 'tensorType') return { type: 'other', dims: null };
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }): Dimension => {
    if (value.case === 'dimParam' && value.value !== '') return value.value;
    const size = value.case === 'dimValue' ? Number(value.value) : -1;
    return size >= 0 && Number.isSafeInteger(size) ? size : '?';
  });
  return { type: toElementType(elemType), dims: dims ?? null };
}
