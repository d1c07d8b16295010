import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/engine/providers/registry.ts';

// The texts are what ONNX Runtime 1.30, Dawn and CUDA print in these cases; see onnxruntime issues 22968 and 21769.
const thrownCuda = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';

function loadError(library: string, missing: string): string {
  return `[E:onnxruntime:, provider_bridge_ort.cc:2146 Create] Failed to load library ${library} with error: ${missing}: cannot open shared object file: No such file or directory`;
}

describe('reasons read out of what a provider throws and prints', () => {
  it('names the provider library and the command that installs it', () => {
    const path = '/opt/app/bin/napi-v6/linux/x64/libonnxruntime_providers_shared.so';
    expect(providers.cuda.explain(thrownCuda, loadError(path, path))).toMatchObject({
      cause: 'missing-library',
      reason: expect.stringContaining('libonnxruntime_providers_shared.so') as string,
      remedy: expect.stringContaining('inferometer gpu install') as string,
    });
  });

  it.each([
    ['libcudnn_adv.so.9', 'cuDNN 9'],
    ['libcublasLt.so.12', 'CUDA 12'],
    ['libnvinfer.so.10', 'TensorRT'],
    ['libfoo.so.3', 'libfoo.so.3'],
  ])('names what brings %s', (missing, remedy) => {
    const found = providers.tensorrt.explain(thrownCuda, loadError('/x/libonnxruntime_providers_tensorrt.so', missing));
    expect(found?.reason).toContain(missing);
    expect(found?.remedy).toContain(remedy);
  });

  it.each([
    ['35', 'driver-too-old'],
    ['100', 'no-device'],
    ['101', 'bad-device'],
    ['2', 'out-of-memory'],
    ['719', 'cuda-error'],
  ])('reads CUDA error %s', (code, cause) => {
    const thrown = `CUDA failure ${code}: something ; GPU=-1 ; expr=cudaSetDevice(info_.device_id);`;
    expect(providers.cuda.explain(thrown, '')?.cause).toBe(cause);
  });

  it('tells a missing Vulkan driver from a missing adapter', () => {
    const thrown = 'was false. Failed to get a WebGPU adapter: No supported adapters';
    const noVulkan = "Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file";
    expect(providers.webgpu.explain(thrown, noVulkan)?.reason).toContain('Vulkan');
    expect(providers.webgpu.explain(thrown, '')?.reason).toBe('no WebGPU adapter was found');
  });

  it('recognizes nothing in unrelated text', () => {
    for (const provider of Object.values(providers)) expect(provider.explain('Segmentation fault', '')).toBeNull();
  });
});
