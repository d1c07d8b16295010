import type { ProviderId } from './domain/provider.ts';

/** What holds for an execution provider on every machine, because ONNX Runtime's binding for JavaScript is as it is. */
export interface ProviderFacts {
  /** As its vendor writes it. */
  name: string;
  /** What a device number means; null where the binding takes none. */
  deviceNumber: string | null;
  /** What the provider has and the binding does not reach, or does not tell, one sentence each. */
  unreachable: readonly string[];
}

const hostToHost = 'Every time is host to host: the binding has no buffers on the device between runs.';

/** Read in the binding's source and its typings, version 1.30; sources are in docs/method/placement.md. */
export const providerFacts: Readonly<Record<ProviderId, ProviderFacts>> = {
  cpu: { name: 'CPU', deviceNumber: null, unreachable: [] },
  cuda: {
    name: 'CUDA',
    deviceNumber: 'the GPU with this number in nvidia-smi',
    unreachable: [
      'TF32 is on by default, and only NVIDIA_TF32_OVERRIDE=0 in the environment turns it off.',
      'CUDA graphs stay off, cuDNN searches its algorithms exhaustively, and GPU memory has no limit.',
      hostToHost,
    ],
  },
  tensorrt: {
    name: 'TensorRT',
    deviceNumber: 'the GPU with this number in nvidia-smi',
    unreachable: [
      'There is no engine cache: each session builds its engines anew, within the time of session creation.',
      'FP16, INT8 and shape profiles cannot be switched on: the model itself must be in FP16 or INT8, with fixed shapes.',
      'TF32 is on by default, and only NVIDIA_TF32_OVERRIDE=0 in the environment turns it off.',
      hostToHost,
    ],
  },
  dml: {
    name: 'DirectML',
    deviceNumber: 'the DXGI adapter with this number; 0 is the default one',
    unreachable: [
      'The name of the adapter is not told, so a software adapter (WARP) cannot be told from a GPU.',
      hostToHost,
    ],
  },
  webgpu: {
    name: 'WebGPU',
    deviceNumber: null,
    unreachable: [
      'The adapter cannot be chosen: the provider asks for the fastest; on Linux VK_DRIVER_FILES limits the drivers that it sees.',
      'The name of the adapter is not told; on Linux it is read from Vulkan beside the provider.',
      hostToHost,
    ],
  },
  coreml: {
    name: 'Core ML',
    deviceNumber: '0: Core ML chooses; 1: CPU and GPU; 2: CPU only',
    unreachable: [
      'Which of CPU, GPU and Neural Engine ran an operator is not told.',
      'There is no cache of compiled models: each session compiles anew, within the time of session creation.',
      hostToHost,
    ],
  },
};

/** Whether a device number can be given for a provider. */
export function hasDeviceNumbers(provider: ProviderId): boolean {
  return providerFacts[provider].deviceNumber !== null;
}
