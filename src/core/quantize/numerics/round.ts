/** Nearest whole number, halves to the even one, as ONNX's QuantizeLinear rounds. */
export function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  // Math.round takes halves upwards; an odd result that is exactly half away belongs one below.
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
