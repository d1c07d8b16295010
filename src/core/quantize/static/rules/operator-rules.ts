import { clip, elementwise, normalization, relu, where } from './activations.ts';
import { gather, pad, sameScale, split } from './moves.ts';
import { convolution, gemm, matMul } from './products.ts';
import type { Rule } from './rule.ts';

/** Reads the one element of a constant; null where there is none. */
export type ReadScalar = (name: string) => number | null;

/** Rule of each operator that is quantized by default. Source: ONNX Runtime 1.30, quantization/registry.py. */
export function createRules(readScalar: ReadScalar): ReadonlyMap<string, Rule> {
  return new Map<string, Rule>([
    ['Conv', convolution(0)],
    ['ConvTranspose', convolution(1)],
    ['Gemm', gemm],
    ['MatMul', matMul],
    ['Relu', relu],
    ['Clip', clip(readScalar)],
    ['Add', elementwise],
    ['Mul', elementwise],
    ['ArgMax', elementwise],
    ['Concat', elementwise],
    ['CumSum', elementwise],
    ['GlobalAveragePool', elementwise],
    ['LeakyRelu', elementwise],
    ['Sigmoid', elementwise],
    ['Softmax', elementwise],
    ['com.microsoft:EmbedLayerNormalization', elementwise],
    ['BatchNormalization', normalization],
    ['InstanceNormalization', normalization],
    ['LayerNormalization', normalization],
    ['AveragePool', sameScale()],
    ['Flatten', sameScale()],
    ['MaxPool', sameScale(12)],
    ['Reshape', sameScale()],
    ['Resize', sameScale(11)],
    ['Slice', sameScale()],
    ['Squeeze', sameScale()],
    ['TopK', sameScale()],
    ['Transpose', sameScale()],
    ['Unsqueeze', sameScale()],
    ['Gather', gather],
    ['GatherElements', gather],
    ['Pad', pad(readScalar)],
    ['Split', split],
    ['Where', where],
  ]);
}

/** Operators that are quantized by default, as in ONNX Runtime's own quantizer. */
export const defaultOperators: readonly string[] = [...createRules(() => null).keys()];
