import path from 'node:path';
import { hashModel, summarizeModel } from '../../onnx/inspect.ts';
import { readModel } from '../../onnx/read.ts';
import type { ModelSummary } from '../../../shared/domain/model.ts';

/** A model of the user; the file stays where it is. */
export interface ImportedModel {
  name: string;
  /** Absolute. */
  path: string;
  summary: ModelSummary;
}

/**
 * Checks a model file and describes it. The name is the file's without its extension unless one is given. Throws
 * InferometerError with a MODEL_* code.
 */
export async function importModel(
  modelPath: string,
  options: { name?: string; signal?: AbortSignal } = {},
): Promise<ImportedModel> {
  const loaded = await readModel(modelPath, options.signal ? { signal: options.signal } : {});
  const summary = summarizeModel(loaded, await hashModel(loaded, options.signal));
  return { name: options.name ?? path.parse(loaded.path).name, path: loaded.path, summary };
}
