import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Core } from '../../src/core/create-core.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';

/** A model that both tools quantize. */
export interface ComparedModel {
  name: string;
  path: string;
  sizeBytes: number;
  /** Sizes of symbolic dimensions. */
  dims: Record<string, number>;
}

/** The reference models that are compared unless others are named. */
export const comparedReferenceModels = ['resnet50', 'mobilenet-v2', 'bert-base', 'distilbert', 'vit-b16'] as const;

/** A reference model by its id, or a file by its path. */
export async function findComparedModel(name: string, core: Core): Promise<ComparedModel> {
  const { path: file, reference } = await resolveModel(name, core);
  const dims = Object.entries(reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch');
  return {
    name: path.basename(name, '.onnx'),
    path: file,
    sizeBytes: statSync(file).size,
    dims: reference === null ? exportedDims : Object.fromEntries(dims),
  };
}

/** The dimension that export_models.py leaves open. */
const exportedDims = { sequence: 32 };

const exportedSchema = z.object({ name: z.string(), path: z.string(), refused: z.string().optional() });

/**
 * Models of real architectures with random weights as PyTorch's exporters write them (export_models.py), by name or all;
 * files that are in the folder already are kept. A reason instead, where Python lacks the packages.
 */
export async function exportModels(
  interpreter: string,
  folder: string,
  names: readonly string[] = [],
): Promise<{ models: ComparedModel[]; refused: string[] } | { reason: string }> {
  const script = path.join(import.meta.dirname, 'export_models.py');
  const output = await promisify(execFile)(interpreter, [script, folder, ...names], { maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => error,
  );
  if (typeof output !== 'string') {
    const { message, stderr = '' } = output as Error & { stderr?: string };
    const last = stderr.trim().split('\n').at(-1) || message;
    return { reason: `Models of PyTorch are left out, which need torch, torchvision and transformers: ${last}` };
  }
  const written = output
    .trim()
    .split('\n')
    .map((line) => exportedSchema.parse(JSON.parse(line)));
  const models = written.flatMap(({ name, path: file, refused }) =>
    refused === undefined ? [{ name, path: file, sizeBytes: statSync(file).size, dims: exportedDims }] : [],
  );
  return {
    models,
    refused: written.flatMap(({ name, refused }) => (refused === undefined ? [] : [`${name}: ${refused}`])),
  };
}
