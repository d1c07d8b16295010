import type { VulkanDevice } from '../runtime/vulkan-devices.ts';

/** What ran a session, as far as this process can tell; `software` null = cannot tell. */
export interface DescribedDevice {
  device: string;
  software: boolean | null;
}

/** With the power preference "high-performance", which ONNX Runtime asks for, Dawn takes the first of these. */
const preference: readonly VulkanDevice['type'][] = ['discrete', 'integrated', 'virtual', 'other', 'cpu'];

/**
 * Names the adapter from the devices that Vulkan shows. One device leaves no doubt; of several only the kind is certain,
 * and where a software rasterizer stands beside a GPU not even that.
 */
export function describeVulkanAdapter(devices: readonly VulkanDevice[]): DescribedDevice | null {
  const [likely, another] = devices.toSorted(
    (left, right) => preference.indexOf(left.type) - preference.indexOf(right.type),
  );
  if (likely === undefined) return null;
  const isSoftware = ({ type }: VulkanDevice): boolean => type === 'cpu';
  const software = devices.every(isSoftware) ? true : devices.some(isSoftware) ? null : false;
  const name = software === true ? `${likely.name} (software, on the processor)` : likely.name;
  if (another === undefined) return { device: name, software };
  return { device: `${name}, probably: Vulkan shows ${devices.length} devices`, software };
}
