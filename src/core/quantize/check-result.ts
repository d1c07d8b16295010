import type { SessionConfig, TensorPayload } from '../../engine/protocol.ts';
import type { Quantization } from '../../shared/domain/quantization.ts';
import { InferometerError } from '../../shared/errors.ts';
import { evaluateModel, runOnce } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { plainSession } from '../engine-client/session-config.ts';
import { generateFeed } from '../models/inputs/generate-feed.ts';
import { resolveDims } from '../onnx/dims.ts';
import { modelInputs, toTensorInfo } from '../onnx/inspect.ts';
import type { LoadedModel } from '../onnx/read.ts';
import type { Recipe } from './recipe/define-recipe.ts';

export interface CheckPorts {
  spawn: SpawnEngine;
  temporaryFolder: string;
  /** Sizes of symbolic dimensions; others get one that suits most models. */
  dims: Readonly<Record<string, number>>;
  signal?: AbortSignal;
}

/** For a dimension without a given size: enough for a text, and a multiple of what most models divide by. */
const guessedSize = 64;

/** What a GPU does not meet: the last level of optimization is for kernels of the CPU. */
const cpuRemark = 'ONNX Runtime fails on the CPU when it optimizes this model for it; on other providers it need not.';

/**
 * Proves that ONNX Runtime loads a quantized model and runs it on generated inputs, in an engine process. Where it
 * does not run, the source is tried: if that does not run either, it was the inputs, and loading has to be enough.
 * A result for GPUs may need basic optimization to run on the CPU. Throws QUANTIZED_MODEL_REFUSED.
 */
export async function checkResult(
  source: LoadedModel,
  quantizedPath: string,
  { isForGpus }: Pick<Recipe, 'isForGpus'>,
  ports: CheckPorts,
): Promise<Quantization['check']> {
  const feed = await makeFeed(source, ports);
  if (typeof feed === 'string') return loadOnly(source, quantizedPath, feed, ports);
  try {
    const outputs = await runModel(quantizedPath, feed, ports);
    checkOutputs(source, outputs);
    return { ran: true, remark: null };
  } catch (error) {
    if (!(error instanceof InferometerError) || error.code === 'CANCELLED') throw error;
    const own = error.code === 'QUANTIZED_MODEL_REFUSED' ? null : await failureOf(runModel(source.path, feed, ports));
    if (own === null) {
      if (!isForGpus) throw refused(error);
      checkOutputs(source, await runModel(quantizedPath, feed, ports, 'basic').catch(refuse));
      return { ran: true, remark: cpuRemark };
    }
    const reason = `The source does not run on generated inputs either, for which --dim gives sizes: ${own.message}`;
    return loadOnly(source, quantizedPath, reason, ports);
  }
}

/** Throws what ONNX Runtime says of the source where it does not even load that. */
async function loadOnly(
  source: LoadedModel,
  quantizedPath: string,
  reason: string,
  ports: CheckPorts,
): Promise<Quantization['check']> {
  const failure = await failureOf(loadModel(quantizedPath, ports));
  if (failure === null) return { ran: false, reason };
  throw (await failureOf(loadModel(source.path, ports))) ?? refused(failure);
}

function loadModel(modelPath: string, { spawn, signal }: CheckPorts) {
  return runOnce(spawn, { kind: 'describe', session: plainSession(modelPath) }, signal ? { signal } : {});
}

function runModel(
  modelPath: string,
  feed: Record<string, TensorPayload>,
  { spawn, signal }: CheckPorts,
  graphOptimization: SessionConfig['graphOptimization'] = 'all',
) {
  const options = { withData: false, session: { graphOptimization }, ...(signal ? { signal } : {}) };
  return evaluateModel(spawn, modelPath, feed, options);
}

function refuse(error: unknown): never {
  throw error instanceof InferometerError && error.code !== 'CANCELLED' ? refused(error) : error;
}

/** Inputs for one run, or why there are none. */
async function makeFeed(source: LoadedModel, ports: CheckPorts): Promise<Record<string, TensorPayload> | string> {
  const { temporaryFolder, signal } = ports;
  try {
    const { shapes, batch } = concreteShapes(source, ports.dims);
    return await generateFeed(source, { shapes, batch, temporaryFolder, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (!(error instanceof InferometerError) || error.code.startsWith('STORAGE')) throw error;
    return error.message;
  }
}

/** Shapes of the inputs of a model for one execution: given sizes, what the model fixes, and guesses for the rest. */
export function concreteShapes(source: LoadedModel, dims: Readonly<Record<string, number>>) {
  const tensors = { inputs: modelInputs(source), outputs: source.graph.output.map(toTensorInfo) };
  let sizes = dims;
  let batch = 1;
  for (;;) {
    try {
      return { shapes: resolveDims(tensors, sizes, batch).shapes, batch };
    } catch (error) {
      if (!(error instanceof InferometerError)) throw error;
      const missing = error.data?.dimensions;
      const fixed = error.data?.fixed;
      if (error.code === 'DIMENSION_NEEDED' && Array.isArray(missing)) {
        sizes = { ...sizes, ...Object.fromEntries(missing.map((name: string) => [name, guessedSize])) };
      } else if (error.code === 'DIMENSION_MISMATCH' && typeof fixed === 'number' && fixed !== batch) batch = fixed;
      else throw error;
    }
  }
}

function checkOutputs(source: LoadedModel, outputs: Readonly<Record<string, TensorPayload>>): void {
  for (const { name, type } of source.graph.output.map(toTensorInfo)) {
    const found = outputs[name]?.type;
    if (found === type || (found !== undefined && type === 'other')) continue;
    throw refused(new Error(`its output "${name}" is ${found ?? 'missing'} where ${type} is expected`));
  }
}

async function failureOf(work: Promise<unknown>): Promise<InferometerError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof InferometerError && error.code !== 'CANCELLED') return error;
    throw error;
  }
}

function refused(cause: Error): InferometerError {
  const said = cause.message.replace(/\.$/, '');
  return new InferometerError(
    {
      code: 'QUANTIZED_MODEL_REFUSED',
      message: `The quantized model does not work, although its source does, and was not kept: ${said}.`,
      remedy: 'Exclude the node that is named, or choose another recipe, and report the model.',
      ...(cause instanceof InferometerError && cause.data ? { data: cause.data } : {}),
    },
    { cause },
  );
}
