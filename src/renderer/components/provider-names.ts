import type { ProviderId } from '../../shared/domain/provider.ts';

/** What people call the execution providers. */
export const providerNames: Readonly<Record<ProviderId, string>> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  tensorrt: 'TensorRT',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
};
