import type { ProviderId } from '../../../shared/domain/provider.ts';
import type { ModelFacts } from './facts.ts';
import { advise, propose, type Adviser, type Advisers, type Opinion } from './opinion.ts';

/*
 * What kernels each provider has is from docs/OperatorKernels.md of ONNX Runtime 1.30, and for WebGPU from running the
 * operators. Speeds were not measured there, so no sentence promises one.
 */

/** Weights in blocks, computed in the type of the activations: what takes time on GPUs is reading them. */
function blocks(bits: 4 | 8, provider: string): Adviser {
  return (facts) => {
    if (facts.products === 0) return advise(noProducts);
    if (facts.work.convolutions > facts.work.products)
      return advise('It changes products only, and convolutions are most of the work.');
    const rank = facts.hasCache ? (bits === 4 ? 1 : 3) : bits === 4 ? 3 : 4;
    const size = bits === 4 ? 'An eighth of the weights' : 'A quarter of the weights, at a tenth of the error of INT4';
    const gain = facts.hasCache
      ? 'a new token reads each of them once'
      : 'for models whose weights are what is read or fills the memory';
    return propose(rank, `${size}: ${gain}. ${provider} multiplies by them without unpacking all of them first.`, {
      caution: facts.hasCache ? null : 'Large batches compute more than they read, and get no faster.',
    });
  };
}

const half = (rank: number, more: (facts: ModelFacts) => string | null, reason: string): Adviser => {
  return (facts): Opinion => propose(rank, reason, { caution: more(facts) });
};

const noProducts = 'It has no MatMul or Gemm with a constant weight, which is all that this recipe changes.';
const measureIt = 'Its speed there is not known: measure it.';

const onCuda: Advisers = {
  'int8-dynamic': () =>
    advise(
      'CUDA has no kernel for DynamicQuantizeLinear: activations would travel to the CPU and back around each product.',
    ),
  'int8-static': () =>
    advise(
      'CUDA has no quantized convolution and product: it would convert back and compute in float32, which costs and gains nothing.',
    ),
  'int4-weight': blocks(4, 'CUDA'),
  'int8-weight': blocks(8, 'CUDA'),
  fp16: half(
    2,
    ({ operators }) =>
      operators['com.microsoft:GroupQueryAttention'] === undefined
        ? null
        : 'GroupQueryAttention runs on CUDA in this precision only; in float32 it falls back to the CPU.',
    'Half the memory to read, and tensor cores compute in it. Inputs and outputs stay float32.',
  ),
};

const onTensorRt: Advisers = {
  'int8-dynamic': () => advise('TensorRT takes no integers whose range is found while it runs.'),
  'int8-static': () =>
    propose(
      1,
      'TensorRT computes in INT8 where a model has Q/DQ with symmetric ranges on both sides. Needs calibration data.',
      {
        caution: measureIt,
        parameters: { scheme: 's8s8' },
      },
    ),
  'int4-weight': () => advise('TensorRT has no MatMulNBits: these nodes would run elsewhere, with copies around them.'),
  'int8-weight': () => advise('TensorRT has no MatMulNBits: these nodes would run elsewhere, with copies around them.'),
  fp16: half(
    2,
    () => null,
    'Half the memory to read, and tensor cores compute in it; from here no option of TensorRT asks for it, so the file has to.',
  ),
};

const onDirectMl: Advisers = {
  'int8-dynamic': (facts) =>
    facts.products === 0
      ? advise(noProducts)
      : facts.work.convolutions > facts.work.products
        ? advise('Convolutions are most of the work and would stay in float32.')
        : propose(5, 'DirectML has fused kernels for this form.', { caution: measureIt }),
  'int8-static': () =>
    propose(6, 'DirectML has some quantized kernels (Add, AveragePool, Concat, Sigmoid). Needs calibration data.', {
      caution: `Quantized Softmax and LeakyRelu made version 1.23 crash; exclude such nodes. ${measureIt}`,
    }),
  'int4-weight': blocks(4, 'DirectML'),
  'int8-weight': blocks(8, 'DirectML'),
  fp16: half(
    2,
    () => null,
    'Half the memory to read, and most GPUs compute twice as much in it. Inputs and outputs stay float32.',
  ),
};

const onWebGpu: Advisers = {
  'int8-dynamic': () =>
    advise(
      'WebGPU has no kernel for DynamicQuantizeLinear and MatMulInteger: both run on the CPU, with copies around each.',
    ),
  'int8-static': () => advise('WebGPU quantizes on the CPU and computes in float32: all cost, no gain.'),
  'int4-weight': blocks(4, 'WebGPU'),
  'int8-weight': blocks(8, 'WebGPU'),
  fp16: half(
    2,
    () => 'Only on adapters with shader-f16; on others the session is created and the first run fails.',
    'Half the memory to read, and half precision in shaders. Inputs and outputs stay float32.',
  ),
};

const onCoreMl: Advisers = {
  'int8-dynamic': () =>
    advise('Core ML has none of these operators: they would run on the CPU, and cut the graph into pieces.'),
  'int8-static': () => advise('Core ML takes no Q/DQ: they would run on the CPU, and cut the graph into pieces.'),
  'int4-weight': () => advise('Core ML has no MatMulNBits: these nodes would run on the CPU.'),
  'int8-weight': () => advise('Core ML has no MatMulNBits: these nodes would run on the CPU.'),
  fp16: half(
    1,
    () => 'Core ML chooses the precision that it computes in, whatever the file says: measure it.',
    'Half the file and half the weights to load.',
  ),
};

/** What each provider but the CPU makes of the recipes. */
export const onAccelerators: Readonly<Record<Exclude<ProviderId, 'cpu'>, Advisers>> = {
  cuda: onCuda,
  tensorrt: onTensorRt,
  dml: onDirectMl,
  webgpu: onWebGpu,
  coreml: onCoreMl,
};
