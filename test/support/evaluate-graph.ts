import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EvaluateGraph, GraphTensor } from '../../src/core/models/building/define-reference-model.ts';

/** Evaluates in this process; the product does it in its engine process. */
export const evaluateGraph: EvaluateGraph = async (modelPath, feeds, fetches) => {
  const session = await InferenceSession.create(modelPath, { logSeverityLevel: 3 });
  try {
    const results = await session.run(toTensors(feeds), [...fetches]);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor)]));
  } finally {
    await session.release();
  }
};

function toTensors(feeds: Readonly<Record<string, GraphTensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [name, new Tensor(type, data, [...dims])]),
  );
}

function fromTensor(tensor: InferenceSession.OnnxValueMapType[string]): GraphTensor {
  if (!(tensor instanceof Tensor)) throw new Error('The runtime returned something else than a tensor.');
  if (tensor.data instanceof Float32Array) return { type: 'float32', dims: tensor.dims, data: tensor.data };
  if (tensor.data instanceof BigInt64Array) return { type: 'int64', dims: tensor.dims, data: tensor.data };
  throw new Error(`A tensor of type ${tensor.type} was not expected.`);
}
