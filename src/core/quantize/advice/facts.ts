import type { MachineReport } from '../../../shared/domain/machine.ts';
import type { ProviderId } from '../../../shared/domain/provider.ts';

/** What is known of a model before it is quantized. */
export interface ModelFacts {
  sizeBytes: number;
  opset: number;
  /** "domain:Operator" (domain left out for ai.onnx) to count. */
  operators: Readonly<Record<string, number>>;
  /** An operator that only quantized models have; null in a float model. */
  quantizedBy: string | null;
  /** Where the work is: shares of the multiply-accumulates, or of the weights where the model could not be run. */
  work: { kind: 'macs' | 'weights'; products: number; convolutions: number };
  /** Multiply-accumulates of one execution at batch 1; null where the model could not be run. */
  macs: number | null;
  /** float32 weights: of matrix products and of convolutions, and all of them. */
  elements: { products: number; convolutions: number; all: number };
  /** MatMul and Gemm nodes with a constant weight. */
  products: number;
  /** Rows that pass a product in one execution at batch 1, typical by weights; null where the model could not be run. */
  rows: number | null;
  /** The smaller of K and N of a product, typical by weights; null without products. */
  width: number | null;
  /** Convolutions with a group for each channel. */
  depthwise: number;
  /** Keeps keys and values between two calls, as decoders of texts do. */
  hasCache: boolean;
}

/** What decides how fast integers are multiplied here. */
export interface CpuFacts {
  architecture: 'x64' | 'arm64' | 'other';
  /** What multiplies bytes and adds them up in one instruction; "unknown" where the system does not tell. */
  integerProducts: 'amx' | 'vnni' | 'dotprod' | 'none' | 'unknown';
  /** Whether sums of 8-bit products saturate, as probed; null: not probed. */
  saturates: boolean | null;
}

/** Where the result is to run. */
export interface Target {
  provider: ProviderId;
  cpu: CpuFacts;
}

/** Reads from a machine report what matters for integers. */
export function toCpuFacts({ cpu, operatingSystem }: MachineReport, saturates: boolean | null = null): CpuFacts {
  const { arch } = operatingSystem;
  const architecture = arch === 'x64' || arch === 'arm64' ? arch : 'other';
  const has = (flag: keyof typeof cpu.isa): boolean => cpu.isa[flag].status === 'present' && cpu.isa[flag].value;
  const isTold = cpu.isa[architecture === 'arm64' ? 'asimddp' : 'avx512_vnni'].status === 'present';
  const integerProducts = has('amx_int8')
    ? 'amx'
    : has('avx512_vnni') || has('avx_vnni')
      ? 'vnni'
      : has('asimddp') || has('i8mm')
        ? 'dotprod'
        : isTold
          ? 'none'
          : 'unknown';
  return { architecture, integerProducts, saturates };
}
