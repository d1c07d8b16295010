import type { Format } from '../../components/use-format.ts';

/** Floating-point operations with the prefixes of multiply-accumulates, e.g. "8.2 GFLOP". */
export function formatFlops(flops: number, format: Format): string {
  const { whole, fraction, unit } = format.parts(flops, 'MAC');
  return `${whole}${fraction} ${unit.replace(/MAC$/, 'FLOP')}`;
}
