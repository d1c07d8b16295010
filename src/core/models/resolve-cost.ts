import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorPayload } from '../../engine/protocol.ts';
import type { ModelCost } from '../../shared/domain/model.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { costModel } from '../onnx/cost.ts';
import { resolveDims } from '../onnx/dims.ts';
import { readModel } from '../onnx/read.ts';
import { resolveShapes } from '../onnx/shape-graph.ts';
import { generateInputs } from './inputs/generate-inputs.ts';
import { findInputHints } from './inputs/input-hints.ts';
import type { ResolvedModel } from './resolve-model.ts';

export interface CostOptions {
  spawn: SpawnEngine;
  temporaryFolder: string;
  dims: Readonly<Record<string, number>>;
  batch: number;
  signal?: AbortSignal;
}

/**
 * Operations and bytes of one execution of a model, node by node, at the shapes that ONNX Runtime gives every tensor
 * when the model runs once on generated inputs. Throws InferometerError where sizes are missing or the model is refused.
 */
export async function resolveModelCost(model: ResolvedModel, options: CostOptions): Promise<ModelCost> {
  const { spawn, temporaryFolder, batch, signal } = options;
  const abort = signal ? { signal } : {};
  const loaded = await readModel(model.path, abort);
  const dims = { ...defaultDims(model), ...options.dims };
  const { shapes } = resolveDims(model.summary, dims, batch);
  const sizes = await resolveShapes(
    async (modelPath) => {
      const target = path.join(temporaryFolder, `cost-inputs-${process.pid}.bin`);
      try {
        const pool = await generateInputs({
          inputs: model.summary.inputs.map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] })),
          batch,
          seed: 0,
          hints: findInputHints(loaded),
          distinct: batch,
          target,
          ...abort,
        });
        const outputs = await evaluateModel(spawn, modelPath, await readFirstFeed(target, pool.tensors), {
          withData: false,
          session: { graphOptimization: 'disabled' },
          ...abort,
        });
        return Object.fromEntries(Object.entries(outputs).map(([name, { dims: sizesOf }]) => [name, [...sizesOf]]));
      } finally {
        await rm(target, { force: true });
      }
    },
    loaded,
    shapes,
    temporaryFolder,
  );
  return costModel(loaded, shapes, sizes);
}

function defaultDims({ reference }: ResolvedModel): Record<string, number> {
  return Object.fromEntries(Object.entries(reference?.defaultDims ?? {}).filter(([name]) => name !== 'batch'));
}

async function readFirstFeed(
  file: string,
  tensors: readonly { name: string; type: TensorPayload['type']; dims: number[]; byteLength: number }[],
): Promise<Record<string, TensorPayload>> {
  await using handle = await open(file);
  const feeds: Record<string, TensorPayload> = {};
  let position = 0;
  for (const { name, type, dims, byteLength } of tensors) {
    const data = new Uint8Array(byteLength);
    await handle.read(data, 0, byteLength, position);
    position += byteLength;
    feeds[name] = { type, dims, data };
  }
  return feeds;
}
