import type { LibraryHandle } from 'koffi';

/** A device that Vulkan shows to this process, in the loader's order. */
export interface VulkanDevice {
  name: string;
  /** VkPhysicalDeviceType in words. */
  type: 'discrete' | 'integrated' | 'virtual' | 'cpu' | 'other';
}

/** VkPhysicalDeviceType (vulkan_core.h): 0 other, 1 integrated, 2 discrete, 3 virtual, 4 CPU. */
const types: readonly VulkanDevice['type'][] = ['other', 'integrated', 'discrete', 'virtual', 'cpu'];

/**
 * Reads names and types of Vulkan's devices, by the loader and drivers that ONNX Runtime's WebGPU uses, under the same
 * environment. null where there is no loader or it refuses: other systems use other interfaces. A driver can crash, so
 * only a process that may end does this.
 */
export async function listVulkanDevices(library = 'libvulkan.so.1'): Promise<VulkanDevice[] | null> {
  if (process.platform !== 'linux') return null;
  try {
    const { default: koffi } = await import('koffi');
    return readDevices(koffi.load(library));
  } catch {
    return null;
  }
}

/** VkInstanceCreateInfo without layers, extensions and application: its type, 1, and zeros. */
function createInfo(): Buffer {
  const info = Buffer.alloc(64);
  info.writeUInt32LE(1, 0);
  return info;
}

function readDevices(vulkan: LibraryHandle): VulkanDevice[] | null {
  const create = vulkan.func('vkCreateInstance', 'int', ['void *', 'void *', 'void *']);
  const destroy = vulkan.func('vkDestroyInstance', 'void', ['uintptr_t', 'void *']);
  const enumerate = vulkan.func('vkEnumeratePhysicalDevices', 'int', ['uintptr_t', 'void *', 'void *']);
  const properties = vulkan.func('vkGetPhysicalDeviceProperties', 'void', ['uintptr_t', 'void *']);
  const handle = Buffer.alloc(8);
  if (create(createInfo(), null, handle) !== 0) return null;
  const instance = handle.readBigUInt64LE();
  try {
    const count = Buffer.alloc(4);
    if (enumerate(instance, count, null) !== 0) return null;
    const handles = Buffer.alloc(8 * Math.max(1, count.readUInt32LE()));
    if (enumerate(instance, count, handles) !== 0) return null;
    return Array.from({ length: count.readUInt32LE() }, (_, index) => {
      // VkPhysicalDeviceProperties has 824 bytes; the type is the fifth number, the name follows in 256 bytes.
      const read = Buffer.alloc(1024);
      properties(handles.readBigUInt64LE(8 * index), read);
      const name = read.toString('utf8', 20, 276).split('\0')[0] ?? '';
      return { name, type: types[read.readUInt32LE(16)] ?? 'other' };
    });
  } finally {
    destroy(instance, null);
  }
}
