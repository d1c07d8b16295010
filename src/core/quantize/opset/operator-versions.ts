import { bringScales, dropForeignResize } from './convert-resize.ts';
import { spellOutAxis } from './convert-softmax.ts';
import { bringAxes, bringBounds, bringLargestCount, bringPads, bringSlices, bringSplit } from './convert-to-inputs.ts';
import {
  dropDropoutRatio,
  dropMask,
  dropSpatial,
  refuseScan,
  refuseMeanVariance,
  renameScatter,
} from './convert-others.ts';
import type { Conversion } from './conversion-scope.ts';

/** Newest operator set that a model is converted to. */
export const newestConversion = 13;
/** Oldest one that it is converted from: ONNX Runtime reads none before. */
export const oldestConversion = 7;

/**
 * What changes in meaning or form with a version, by operator. All other changes until then add element types,
 * attributes whose default is what was, or negative axes. Source: ONNX operator changelog (docs/Changelog.md), versions
 * 8 to 13. Conversions to 10 alone would leave an Upsample, which that version no longer has; no recipe needs 10.
 */
export const conversions: Readonly<Record<number, Readonly<Record<string, Conversion>>>> = {
  9: { BatchNormalization: dropSpatial, Scan: refuseScan, MeanVarianceNormalization: refuseMeanVariance },
  10: { Dropout: dropMask, Slice: bringSlices, TopK: bringLargestCount },
  11: { Clip: bringBounds, Pad: bringPads, Resize: bringScales, Upsample: bringScales, Scatter: renameScatter },
  12: { Dropout: dropDropoutRatio },
  13: {
    Hardmax: spellOutAxis,
    LogSoftmax: spellOutAxis,
    Softmax: spellOutAxis,
    ReduceSum: bringAxes,
    Resize: dropForeignResize,
    Split: bringSplit,
    Squeeze: bringAxes,
    Unsqueeze: bringAxes,
  },
};

/** Operators of the default domain that versions 7 to 13 have; others, experimental ones, have no changelog. */
export const knownOperators: ReadonlySet<string> = new Set(
  `Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization BitShift Cast Ceil Celu
  Clip Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum
  DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten
  Floor GRU Gather GatherElements GatherND Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual
  HardSigmoid Hardmax Identity If InstanceNormalization IsInf IsNaN LRN LSTM LeakyRelu Less LessOrEqual Log LogSoftmax
  Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization Min
  Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Or PRelu Pad Pow QLinearConv
  QLinearMatMul QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal
  ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare
  Relu Reshape Resize ReverseSequence RoiAlign Round Scan Scatter ScatterElements ScatterND Selu SequenceAt
  SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape Shrink Sigmoid Sign Sin Sinh Size
  Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze
  StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Unique Unsqueeze Upsample Where
  Xor`.split(/\s+/),
);
