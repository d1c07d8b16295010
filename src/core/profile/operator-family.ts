/** Names that a quantized or fused form adds to the operator that it computes. */
const prefixes = /^(QLinear|QOrdered|DynamicQuantize|Fused|NhwcFused|Nhwc|Bias|Skip|Packed|Sparse)(?=[A-Z])/;
const suffixes = /(IntegerToFloat|Integer|NBits|Bnb4|Fp\w+)$/;
const aliases: Readonly<Record<string, string>> = {
  QGemm: 'Gemm',
  QAttention: 'Attention',
  MultiHeadAttention: 'Attention',
  GroupQueryAttention: 'Attention',
  FastGelu: 'Gelu',
  QuickGelu: 'Gelu',
  SimplifiedLayerNormalization: 'LayerNormalization',
  RMSNormalization: 'LayerNormalization',
  GatherBlockQuantized: 'Gather',
  Linear: 'QuantizeLinear',
};

/**
 * The operator that a kernel computes, whatever precision, layout or fusion it has: "com.microsoft:QLinearConv" and
 * "com.microsoft.nchwc:Conv" are both "Conv". What only converts keeps its name.
 */
export function toOperatorFamily(operator: string): string {
  const name = operator.split(':').at(-1) ?? operator;
  if (/^(Dynamic)?QuantizeLinear$|^DequantizeLinear$/.test(name)) return name;
  const plain = (aliases[name] ?? name).replace(prefixes, '').replace(suffixes, '');
  return aliases[plain] ?? plain;
}
