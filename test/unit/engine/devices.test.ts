import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/engine/providers/registry.ts';
import { describeVulkanAdapter } from '../../../src/engine/providers/webgpu-adapter.ts';
import { providerIdSchema } from '../../../src/shared/domain/provider.ts';
import { hasDeviceNumbers, providerFacts } from '../../../src/shared/provider-facts.ts';

describe('what the binding is handed for a device number', () => {
  it.each(['cuda', 'tensorrt', 'dml'] as const)('%s gets the number', (id) => {
    expect(providers[id].sessionEntry(3)).toEqual({ name: id, deviceId: 3 });
    expect(providers[id].resolveOptions(3, {})).toMatchObject({ deviceId: '3' });
  });

  it('Core ML gets its units of computation as flags, and refuses a number without a meaning', () => {
    const flags = [0, 1, 2].map((device) => providers.coreml.sessionEntry(device).coreMlFlags);
    expect(flags).toEqual([0x018, 0x038, 0x019]);
    expect(() => providers.coreml.sessionEntry(3)).toThrow('no device 3');
    expect(providers.coreml.describeDevice(2)).toEqual({ device: 'Core ML (CPU only)', software: true });
  });

  it.each(['cpu', 'webgpu'] as const)('%s has none, and the binding would refuse one', (id) => {
    expect(hasDeviceNumbers(id)).toBe(false);
    expect(providers[id].sessionEntry(1)).toEqual({ name: id });
  });
});

describe('options as they are resolved', () => {
  it.each(['cuda', 'tensorrt'] as const)('%s has TF32 on, unless the environment turns it off', (id) => {
    expect(providers[id].resolveOptions(0, {})).toMatchObject({ tf32: 'on', cudaGraph: 'off' });
    expect(providers[id].resolveOptions(0, { NVIDIA_TF32_OVERRIDE: '0' })).toMatchObject({ tf32: 'off' });
  });

  it('every provider but the CPU says what JavaScript does not reach', () => {
    const silent = providerIdSchema.options.filter((id) => providerFacts[id].unreachable.length === 0);
    expect(silent).toEqual(['cpu']);
  });
});

describe('the WebGPU adapter by what Vulkan shows', () => {
  const gpu = { name: 'NVIDIA GeForce RTX 4090', type: 'discrete' } as const;
  const integrated = { name: 'AMD Radeon Graphics', type: 'integrated' } as const;
  const rasterizer = { name: 'llvmpipe (LLVM 15.0.6, 256 bits)', type: 'cpu' } as const;

  it('is certain with one device, and a rasterizer is called software', () => {
    expect(describeVulkanAdapter([gpu])).toEqual({ device: gpu.name, software: false });
    expect(describeVulkanAdapter([rasterizer])).toEqual({
      device: `${rasterizer.name} (software, on the processor)`,
      software: true,
    });
  });

  it('is probably the fastest of several, and no software among GPUs', () => {
    expect(describeVulkanAdapter([integrated, gpu])).toEqual({
      device: `${gpu.name}, probably: Vulkan shows 2 devices`,
      software: false,
    });
  });

  it('may be software where a rasterizer stands beside a GPU, and is unknown without a device', () => {
    expect(describeVulkanAdapter([rasterizer, gpu])?.software).toBeNull();
    expect(describeVulkanAdapter([])).toBeNull();
  });
});
