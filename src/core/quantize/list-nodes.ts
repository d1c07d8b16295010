import { readModel } from '../onnx/read.ts';
import { toOperatorName } from '../onnx/walk.ts';
import { listWeights } from '../onnx/weights.ts';
import { toLabel } from './recipe/node-reports.ts';

/** A node as it is named where nodes are excluded. */
export interface ListedNode {
  /** Its name, or that of its first output. */
  node: string;
  operator: string;
  /** Weights that it is the first to read. */
  weightBytes: number;
}

/** Nodes of the main graph that compute something, in its order. Throws MODEL_*. */
export async function listNodes(modelPath: string, options: { signal?: AbortSignal } = {}): Promise<ListedNode[]> {
  const loaded = await readModel(modelPath, options);
  const weights = Map.groupBy(listWeights(loaded), ({ node }) => node);
  return loaded.graph.node
    .filter(({ opType }) => opType !== 'Constant')
    .map((node) => ({
      node: toLabel(node),
      operator: toOperatorName(node),
      weightBytes: (weights.get(node) ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
    }));
}
