import type { ModelCost } from '../../shared/domain/model.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { costModel } from '../onnx/cost.ts';
import { resolveDims } from '../onnx/dims.ts';
import { readModel } from '../onnx/read.ts';
import { resolveShapes } from '../onnx/shape-graph.ts';
import { generateFeed } from './inputs/generate-feed.ts';
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
      const feed = await generateFeed(loaded, { shapes, batch, temporaryFolder, ...abort });
      const outputs = await evaluateModel(spawn, modelPath, feed, {
        withData: false,
        session: { graphOptimization: 'disabled' },
        ...abort,
      });
      return Object.fromEntries(Object.entries(outputs).map(([name, { dims: sizesOf }]) => [name, [...sizesOf]]));
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
