import { createGraphBuilder } from '../../src/core/onnx/build.ts';
import { writeModel } from '../../src/core/onnx/write.ts';

/**
 * Writes a model whose time and memory follow the size of its one input [batch, size, size]: a chain of products of a
 * matrix with itself, scaled so that values stay finite. At size 2048 one run is some seconds long.
 */
export async function writeMatrixChain(path: string, products: number): Promise<void> {
  const graph = createGraphBuilder();
  const dims = ['batch', 'size', 'size'] as const;
  let tensor = graph.input('x', 'float32', dims);
  const scale = graph.floats(1e-3);
  for (let product = 0; product < products; product++) {
    tensor = graph.node('Mul', [graph.node('MatMul', [tensor, tensor]), scale]);
  }
  graph.output('y', tensor, 'float32', dims);
  const built = graph.build('matrix-chain');
  await writeModel(built.model, path, { tensorData: built.tensorData });
}
