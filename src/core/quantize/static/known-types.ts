import type { ElementType } from '../../../shared/domain/model.ts';
import { toElementType } from '../../onnx/element-types.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { inferElementTypes } from '../../onnx/tensor-types.ts';
import { toOperatorName } from '../../onnx/walk.ts';

/** Operators whose element types follow from their inputs and attributes by the rules of `inferElementTypes`. */
const certain = new Set(
  `Abs Add And ArgMax AveragePool BatchNormalization Cast Clip Concat Constant ConstantOfShape Conv ConvTranspose CumSum
  Div Elu Equal Erf Exp Expand Flatten Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater
  GreaterOrEqual HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual Log
  LogSoftmax MatMul Max MaxPool Min Mul Neg Not Or Pad Pow PRelu Range Reciprocal ReduceMax ReduceMean ReduceMin ReduceSum
  Relu Reshape Resize Shape Sigmoid Slice Softmax Softplus Split Sqrt Squeeze Sub Tanh Tile TopK Transpose Unsqueeze
  Where`.split(/\s+/),
);

/** Types of all tensors of the main graph without asking ONNX Runtime; null where an operator leaves room for doubt. */
export function inferKnownTypes(loaded: LoadedModel): Map<string, ElementType> | null {
  if (loaded.graph.node.some((node) => !certain.has(toOperatorName(node)))) return null;
  const types = inferElementTypes(loaded);
  const isComplete = loaded.graph.node.every(({ output }) => output.every((name) => name === '' || types.has(name)));
  return isComplete ? new Map([...types].map(([name, type]) => [name, toElementType(type)])) : null;
}
