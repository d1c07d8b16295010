import { createGraphBuilder } from '../../../src/core/onnx/build.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';

/** Writes a model of [batch, 64, 64] whose determinants WebGPU has no kernel for, with cheap nodes around them. */
export async function writeMixedModel(file: string): Promise<void> {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['batch', 64, 64]);
  const product = graph.node('Mul', [x, graph.floats(0.1)]);
  const scaled = graph.node('Relu', [graph.node('Mul', [graph.node('Det', [product]), graph.floats(1e-3)])]);
  graph.output('y', scaled, 'float32', ['batch']);
  const built = graph.build('mixed');
  await writeModel(built.model, file, { tensorData: built.tensorData });
}
