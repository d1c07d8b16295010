import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelSummary } from '../../shared/domain/model.ts';
import { InferometerError } from '../../shared/errors.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { inspectModel } from '../onnx/inspect.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { Storage } from '../storage/open.ts';
import { buildReferenceModel } from './building/build-reference-model.ts';
import type { EvaluateGraph, GraphTensor, ReferenceModel } from './building/define-reference-model.ts';
import { findReferenceModel, referenceModels } from './registry.ts';

/** A model that can be measured: its file is there and was read. */
export interface ResolvedModel {
  /** Reference id, stored name, or absolute path: what a plan stores so that it can be resolved again. */
  id: string;
  /** Absolute path of the .onnx file. */
  path: string;
  summary: ModelSummary;
  /** null for a model of the user. */
  reference: ReferenceModel | null;
}

export interface ResolvePorts {
  spawn: SpawnEngine;
  storage: Storage;
  directory: DataDirectory;
}

/** Calibration inputs are large, so one pass may take long; it is one native call without a sign of life. */
const buildSilenceS = 600;

/** The port through which reference models are calibrated: one run in an engine of its own. */
function createGraphEvaluation(spawn: SpawnEngine, signal?: AbortSignal): EvaluateGraph {
  return async (modelPath, feeds, fetches) => {
    const outputs = await evaluateModel(spawn, modelPath, feeds, {
      fetches,
      deadlines: { silenceS: buildSilenceS },
      ...(signal ? { signal } : {}),
    });
    return outputs as unknown as Record<string, GraphTensor>;
  };
}

/**
 * Finds what a user named: a reference model (built on first use, with `onProgress` from 0 to 1), a stored model, or
 * a path. Throws MODEL_NOT_FOUND with the names that exist, and what reading the file throws.
 */
export async function resolveModel(
  name: string,
  ports: ResolvePorts,
  options: { onProgress?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<ResolvedModel> {
  const reference = findReferenceModel(name);
  if (reference !== undefined) {
    const built = await buildReferenceModel(reference, ports.directory.models, {
      evaluateGraph: createGraphEvaluation(ports.spawn, options.signal),
      ...options,
    });
    const modelPath = path.resolve(built.path);
    return { id: name, path: modelPath, summary: await inspectModel(modelPath, options), reference };
  }
  const stored = ports.storage.models.list().find((model) => model.name === name);
  if (stored !== undefined) {
    const summary = await inspectModel(stored.path, options);
    if (summary.sha256 !== stored.sha256) {
      throw new InferometerError({
        code: 'MODEL_INVALID',
        message: `The file of the model "${name}" has changed since it was added.`,
        remedy: `Add it again: inferometer models remove ${name}, then inferometer models add ${stored.path}.`,
      });
    }
    return { id: name, path: path.resolve(stored.path), summary, reference: null };
  }
  if (!looksLikePath(name)) throw unknownModel(name, ports.storage);
  const modelPath = path.resolve(name);
  return { id: modelPath, path: modelPath, summary: await inspectModel(modelPath, options), reference: null };
}

function looksLikePath(name: string): boolean {
  return name.endsWith('.onnx') || name.includes('/') || name.includes('\\') || existsSync(name);
}

function unknownModel(name: string, storage: Storage): InferometerError {
  const names = [...referenceModels.map(({ id }) => id), ...storage.models.list().map((model) => model.name)];
  return new InferometerError({
    code: 'MODEL_NOT_FOUND',
    message: `There is no model "${name}".`,
    remedy: `Give the path of an .onnx file or one of: ${names.join(', ')}.`,
    data: { name },
  });
}
