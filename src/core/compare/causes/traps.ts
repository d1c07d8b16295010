import { fewWeights, halfShare, type Cause } from './cause.ts';

const providerNames = {
  cpu: 'the CPU',
  cuda: 'CUDA',
  tensorrt: 'TensorRT',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
} as const;

/** Providers without kernels for quantized activations (onnxruntime 1.30; docs/method/quality.md has the table). */
const withoutIntegers = new Set(['webgpu', 'cuda', 'coreml']);

/** float16 on CPUs is float32 with a conversion: the number would be given another precision's name. */
const halfOnCpu: Cause = {
  code: 'FP16_ON_CPU',
  severity: 'invalid',
  asked: 'always',
  explainsSpeed: true,
  find: (side) =>
    side.provider === 'cpu' && halfShare(side) > fewWeights
      ? {
          reason: `${side.name} has float16 weights, and ONNX Runtime computes float16 in float32 on CPUs, so neither its speed nor its quality as float16 was measured.`,
          remedy: 'Compare it with the provider of a GPU; on the CPU compare an INT8 variant.',
        }
      : null,
};

const ranOnCpu: Cause = {
  code: 'RAN_ON_CPU',
  severity: 'invalid',
  asked: 'always',
  explainsSpeed: true,
  find: ({ name, provider, kernels }) =>
    provider !== 'cpu' && kernels?.provider === 'CPUExecutionProvider'
      ? {
          reason: `${name} was to run on ${providerNames[provider]}, but most of its time went by on the CPU.`,
          remedy: 'Run `inferometer doctor`, or compare a model whose operators this provider has.',
        }
      : null,
};

const integersOnGpu: Cause = {
  code: 'INTEGERS_ON_GPU',
  severity: 'remark',
  asked: 'always',
  explainsSpeed: true,
  find: ({ name, provider, facts }) =>
    withoutIntegers.has(provider) && facts.conversions > 0
      ? {
          reason: `${name} has ${facts.conversions} conversions from and to integers, and ${providerNames[provider]} has no integer kernels for them: it converts and computes in float.`,
          remedy: 'On this provider compare an FP16 or INT4 variant; compare INT8 on the CPU or TensorRT.',
        }
      : null,
};

const saturation: Cause = {
  code: 'SATURATION',
  severity: 'remark',
  asked: 'always',
  explainsSpeed: false,
  find({ name, provider, facts, kernels, saturates }) {
    const integer = kernels?.operators.some((one) => one.class === 'integer') === true;
    if (provider !== 'cpu' || saturates !== true || !integer || facts.quantized.uint8 === 0) return null;
    if (usesReducedRange(facts.origin)) return null;
    return {
      reason: `Sums of 8-bit products saturate on this processor, and the weights of ${name.toLowerCase()} are not known to stay within 7 bits, so its outputs can be wrong here and right elsewhere.`,
      remedy: 'Quantize it with reduceRange, and compare its quality on this processor.',
    };
  },
};

function usesReducedRange(origin: Readonly<Record<string, string>>): boolean {
  try {
    return (JSON.parse(origin.parameters ?? '{}') as { reduceRange?: unknown }).reduceRange === true;
  } catch {
    return false;
  }
}

/** What takes a comparison its meaning, or is a risk whatever the verdict. */
export const traps: readonly Cause[] = [halfOnCpu, ranOnCpu, integersOnGpu, saturation];
