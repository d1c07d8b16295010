import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';

/**
 * Operators that stay in float32: those without a float16 form, and those whose results are positions or counts that
 * float16 cannot tell apart. Source: ONNX Runtime 1.30, transformers/float16.py (DEFAULT_OP_BLOCK_LIST).
 */
const floatOperators = new Set([
  'ArrayFeatureExtractor',
  'Binarizer',
  'CastMap',
  'CategoryMapper',
  'DictVectorizer',
  'FeatureVectorizer',
  'Imputer',
  'LabelEncoder',
  'LinearClassifier',
  'LinearRegressor',
  'Normalizer',
  'OneHotEncoder',
  'RandomUniformLike',
  'SVMClassifier',
  'SVMRegressor',
  'Scaler',
  'TreeEnsembleClassifier',
  'TreeEnsembleRegressor',
  'TreeEnsemble',
  'ZipMap',
  'NonMaxSuppression',
  'TopK',
  'RoiAlign',
  'Range',
  'CumSum',
  'Min',
  'Max',
  'Upsample',
]);

/** Whether an operator, whatever its domain, is one of those. */
export function isFloatOperator(node: NodeProto): boolean {
  return floatOperators.has(node.opType);
}

/** Positions of inputs that are float32 by definition. Source: as above (ALWAYS_FLOAT_INPUTS). */
export function floatInputs(node: NodeProto, opset: number): readonly number[] {
  switch (toOperatorName(node)) {
    case 'Resize':
      return opset <= 10 ? [1] : [2];
    case 'com.microsoft:GroupNorm':
    case 'com.microsoft:SkipGroupNorm':
      return [1, 2];
    default:
      return [];
  }
}
