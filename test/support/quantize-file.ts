import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ElementType } from '../../src/shared/domain/model.ts';
import type { NodeReport, RecipeId } from '../../src/shared/domain/quantization.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import { withAllTensorsAsOutputs } from '../../src/core/onnx/shape-graph.ts';
import { writeModel } from '../../src/core/onnx/write.ts';
import { openGraph } from '../../src/core/quantize/graph/editable-graph.ts';
import { recipes } from '../../src/core/quantize/registry.ts';

export interface QuantizedFile {
  path: string;
  sha256: string;
  nodes: NodeReport[];
}

/** Applies a recipe with the runtime of this process; the product asks its engine process. */
export async function quantizeFile(
  source: string,
  recipe: RecipeId,
  parameters: Readonly<Record<string, unknown>> = {},
  excluded: readonly string[] = [],
): Promise<QuantizedFile> {
  const loaded = await readModel(source);
  const graph = openGraph(loaded);
  const nodes = await recipes[recipe].prepare(parameters).apply({
    graph,
    isExcluded: ({ name, output }) => [name, ...output].some((one) => excluded.includes(one)),
    tensorTypes: () => typesOf(source),
    collectRanges: () => Promise.reject(new Error('What calibrates is tested with an engine.')),
  });
  const { model, tensorData } = graph.finish();
  const target = `${source.replace(/\.onnx$/, '')}.${recipe}.onnx`;
  const { sha256 } = await writeModel(model, target, { tensorData });
  return { path: target, sha256, nodes };
}

/** Element types of all tensors as ONNX Runtime infers them. */
export async function typesOf(source: string): Promise<Map<string, ElementType>> {
  await using file = await withAllTensorsAsOutputs(await readModel(source), path.dirname(source));
  const session = await InferenceSession.create(file.path, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  const known = [...session.inputMetadata, ...session.outputMetadata];
  await session.release();
  return new Map(known.map((value) => [value.name, value.isTensor ? (value.type as ElementType) : 'other']));
}

/** float32 outputs of a model for float32 inputs. */
export async function runFloats(
  modelPath: string,
  feeds: Readonly<Record<string, { dims: readonly number[]; data: Float32Array }>>,
  options: InferenceSession.SessionOptions = {},
): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(modelPath, { logSeverityLevel: 3, intraOpNumThreads: 1, ...options });
  try {
    const tensors = Object.entries(feeds).map(([name, { dims, data }]) => [name, new Tensor('float32', data, dims)]);
    const outputs = await session.run(Object.fromEntries(tensors) as Record<string, Tensor>);
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  } finally {
    await session.release();
  }
}

/** Operators of the graph that ONNX Runtime makes of a model for this processor, sorted. */
export async function optimizedOperators(modelPath: string): Promise<string[]> {
  const target = modelPath.replace(/\.onnx$/, '.optimized.onnx');
  const session = await InferenceSession.create(modelPath, {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: target,
  });
  await session.release();
  const { graph } = await readModel(target);
  return graph.node.map(({ opType }) => opType).toSorted();
}

/** What an operator became, and why nodes were left, by node. */
export function outcomes(nodes: readonly NodeReport[]): Record<string, string> {
  return Object.fromEntries(
    nodes.map(({ node, outcome }) => [node, outcome.kind === 'changed' ? outcome.operators.join(' ') : outcome.reason]),
  );
}
