import type { ProviderId } from '../../shared/domain/provider.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { findNvmlDevice } from '../hardware/gpu-nvml.ts';
import type { Nvml } from '../hardware/nvml.ts';
import type { OpenSensor, SensorPorts, SensorScope } from './sensor.ts';

/** A reading of one NVIDIA GPU; absent with the driver's reason. */
type ReadDevice = (nvml: Nvml, device: bigint) => Observed<number>;

/** Providers that name an NVIDIA GPU; the other ones take the adapter that the system gives them. */
const nvidiaProviders: readonly ProviderId[] = ['cuda', 'tensorrt'];
const gpuProviders: readonly ProviderId[] = [...nvidiaProviders, 'dml', 'webgpu', 'coreml'];

/** Whether a configuration computes on a GPU, as far as its provider tells. */
export function usesGpu({ provider }: SensorScope['config']): boolean {
  return gpuProviders.includes(provider);
}

/** Opens NVML and the GPU that the provider uses. The library stays open until the sensor is closed. */
export async function openNvidiaSensor(
  { config: { provider }, software }: SensorScope,
  ports: SensorPorts,
  readDevice: ReadDevice,
): Promise<Observed<OpenSensor>> {
  if (software === true)
    return absent(
      'the provider computes on the processor, by a software adapter',
      'Install the driver of the GPU; inferometer doctor says what is missing.',
    );
  const opened = await ports.openNvml();
  if (opened.status === 'absent') return opened;
  const nvml = opened.value;
  const isNvidia = nvidiaProviders.includes(provider);
  const device = findNvmlDevice(nvml, isNvidia ? ports.environment.CUDA_VISIBLE_DEVICES : undefined);
  if (device.status === 'absent') {
    nvml.close();
    return device;
  }
  const { name, handle } = device.value;
  const first = readDevice(nvml, handle);
  if (first.status === 'absent') {
    nvml.close();
    return absent(first.reason, first.remedy);
  }
  return present({
    source: isNvidia ? `NVML, ${name}` : `NVML, ${name}, which the provider may or may not use`,
    read() {
      const reading = readDevice(nvml, handle);
      return reading.status === 'present' ? reading.value : null;
    },
    close: () => {
      nvml.close();
    },
  });
}
