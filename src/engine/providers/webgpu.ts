import { existsSync, readdirSync } from 'node:fs';
import { listVulkanDevices } from '../runtime/vulkan-devices.ts';
import { defineProvider } from './provider.ts';
import { describeVulkanAdapter } from './webgpu-adapter.ts';

/** Whether Linux shows any GPU device node; without one a Vulkan device can only be a software rasterizer. */
function hasGpuDeviceNode(): boolean {
  if (existsSync('/dev/nvidia0') || existsSync('/dev/kfd') || existsSync('/dev/dxg')) return true;
  try {
    return readdirSync('/dev/dri').some((entry) => entry.startsWith('renderD'));
  } catch {
    return false;
  }
}

export const webgpu = defineProvider({
  id: 'webgpu',
  platforms: 'Windows x64, Linux x64, macOS arm64',
  supports: (platform, arch) =>
    (platform === 'linux' && arch === 'x64') ||
    (platform === 'win32' && arch === 'x64') ||
    (platform === 'darwin' && arch === 'arm64'),
  sessionEntry: () => ({ name: 'webgpu' }),
  gainsFrom: ['fp32', 'fp16', 'int4'],
  // ONNX Runtime does not tell which adapter it was given; on Linux Vulkan tells which there are.
  async describeDevice() {
    const devices = await listVulkanDevices();
    const described = devices === null ? null : describeVulkanAdapter(devices);
    if (described !== null) return described;
    return process.platform === 'linux' && !hasGpuDeviceNode()
      ? { device: 'software Vulkan adapter (no GPU device node exists)', software: true }
      : { device: 'default WebGPU adapter (the provider does not tell its name)', software: null };
  },
  // The typings of onnxruntime-common 1.30 state these defaults; the power preference is in the provider's source.
  resolveOptions: () => ({
    powerPreference: 'high-performance',
    validationMode: 'basic',
    storageBufferCacheMode: 'bucket',
    uniformBufferCacheMode: 'simple',
    copies: 'host to host',
  }),
  explain: (thrown, stderr) => {
    if (thrown.includes('Failed to get a WebGPU adapter')) {
      const noVulkan = /libvulkan|VK_ERROR_INCOMPATIBLE_DRIVER|Couldn't load Vulkan/i.test(stderr);
      return {
        cause: 'no-adapter',
        reason: noVulkan ? 'no WebGPU adapter: no usable Vulkan driver is installed' : 'no WebGPU adapter was found',
        remedy:
          process.platform === 'linux'
            ? "Install the GPU vendor's Vulkan driver and libvulkan1"
            : 'Update the graphics driver',
      };
    }
    if (thrown.includes('requires f16 but the device does not support it')) {
      return {
        cause: 'no-f16',
        reason: 'the adapter has no 16-bit floats (shader-f16)',
        remedy: 'Use a float32 model on this adapter',
      };
    }
    return null;
  },
});
