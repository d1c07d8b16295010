import path from 'node:path';
import { createGraphBuilder } from '../../onnx/build.ts';
import { sampleInputs } from './calibration-inputs.ts';
import type { BuiltModel } from '../../onnx/build.ts';
import { writeModel } from '../../onnx/write.ts';
import type { EvaluateGraph, GraphTensor, ReferenceModel, SeededWeights } from './define-reference-model.ts';
import type { ChannelStatistics, WeightMode } from './layers.ts';
import { deviationName, meanName } from './layers.ts';

export interface BuildProgress {
  onShare: (share: number) => void;
  signal?: AbortSignal;
}

export type Statistics = ReadonlyMap<string, ChannelStatistics>;

/** Share of the measuring step that goes into writing its graph; the rest is the forward pass. */
const WRITING_SHARE = 0.4;

/**
 * Statistics of every layer from one forward pass. The graph for it is written to `file`, with its weights beside it so
 * that the runtime maps them instead of reading them into its memory; the caller removes both.
 */
export async function measureStatistics(
  model: ReferenceModel,
  weights: SeededWeights,
  file: string,
  seed: number,
  evaluateGraph: EvaluateGraph,
  progress: BuildProgress,
): Promise<Statistics> {
  const { onShare, signal } = progress;
  const writing = { ...progress, onShare: (share: number) => onShare(share * WRITING_SHARE) };
  const built = assemble(model, weights, seed, { kind: 'measure' }, writing);
  await writeModel(built.model, file, {
    tensorData: built.tensorData,
    externalData: { thresholdBytes: 1024, fileName: `${path.basename(file)}.data` },
    ...(signal ? { signal } : {}),
  });
  const inputs = new Set(built.model.graph?.input.map((input) => input.name));
  const feeds = Object.entries(sampleInputs(model.inputs, weights.calibrationDims, seed)).filter(([name]) =>
    inputs.has(name),
  );
  const fetches = built.model.graph?.output.map((output) => output.name) ?? [];
  const measured = await evaluateGraph(file, Object.fromEntries(feeds), fetches);
  onShare(1);
  return toStatistics(measured, fetches);
}

/** The model itself, its weights adjusted by the statistics. */
export function buildModel(
  model: ReferenceModel,
  weights: SeededWeights,
  seed: number,
  statistics: Statistics,
  progress: BuildProgress,
): BuiltModel {
  return assemble(model, weights, seed, { kind: 'fold', statistics }, progress);
}

function assemble(
  model: ReferenceModel,
  weights: SeededWeights,
  seed: number,
  mode: WeightMode,
  progress: BuildProgress,
): BuiltModel {
  const graph = createGraphBuilder();
  for (const input of model.inputs) graph.input(input.name, input.type, input.dims);
  const results = weights.buildGraph({ graph, seed, mode });
  if (mode.kind === 'fold') {
    for (const output of model.outputs) {
      const tensor = results[output.name];
      if (tensor === undefined) throw new Error(`The graph of ${model.id} lacks the output "${output.name}".`);
      graph.output(output.name, tensor, 'float32', output.dims);
    }
  }
  const built = graph.build(model.id, {
    reference_model: model.id,
    recipe: String(weights.recipe),
    seed: String(seed),
    weights: 'random, normalised over calibration inputs; not trained',
  });
  return { model: built.model, tensorData: countedData(built, progress) };
}

/** Reports the share of the weights that has been produced, and stops between two chunks when cancelled. */
function countedData(built: BuiltModel, { onShare, signal }: BuildProgress): BuiltModel['tensorData'] {
  const sizes = (built.model.graph?.initializer ?? []).map(
    (tensor) => Number(tensor.dims.reduce((a, b) => a * b, 1n)) * 4,
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  let reported = 0;
  function* counted(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
    for (const chunk of chunks) {
      signal?.throwIfAborted();
      yield chunk;
      done += chunk.byteLength;
      if (done - reported > total / 20) {
        reported = done;
        onShare(done / total);
      }
    }
  }
  return (name) => {
    const chunks = built.tensorData(name);
    return chunks && counted(chunks);
  };
}

function toStatistics(measured: Readonly<Record<string, GraphTensor>>, fetches: readonly string[]): Statistics {
  const statistics = new Map<string, ChannelStatistics>();
  for (const fetch of fetches) {
    const layer = fetch.endsWith('.mean') ? fetch.slice(0, -'.mean'.length) : null;
    if (layer === null) continue;
    statistics.set(layer, {
      mean: floatsOf(measured, meanName(layer)),
      deviation: floatsOf(measured, deviationName(layer)),
    });
  }
  return statistics;
}

function floatsOf(tensors: Readonly<Record<string, GraphTensor>>, name: string): Float32Array {
  const tensor = tensors[name];
  if (tensor?.type !== 'float32') throw new Error(`The calibration pass did not return "${name}" as float32.`);
  if (!tensor.data.every(Number.isFinite)) throw new Error(`The calibration pass returned a non-finite "${name}".`);
  return tensor.data;
}
