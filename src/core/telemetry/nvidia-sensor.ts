import type { ProviderId } from '../../shared/domain/provider.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { SensorReference } from '../../shared/domain/telemetry.ts';
import { findNvmlDevice } from '../hardware/gpu-nvml.ts';
import type { Nvml } from '../hardware/nvml.ts';
import type { SmiField } from '../hardware/smi-stream.ts';
import type { OpenSensor, SensorPorts, SensorScope } from './sensor.ts';

/** How one quantity of an NVIDIA GPU is read. */
export interface NvidiaReading {
  /** Absent with the driver's reason. */
  nvml: (nvml: Nvml, device: bigint) => Observed<number>;
  /** What readings are judged by; read once. */
  reference?: (nvml: Nvml, device: bigint) => SensorReference | null;
  /** The same from nvidia-smi; null where it does not tell. */
  smi: { field: SmiField; parse: (text: string) => number | null } | null;
}

/** Providers that name an NVIDIA GPU; the other ones take the adapter that the system gives them. */
const nvidiaProviders: readonly ProviderId[] = ['cuda', 'tensorrt'];
const gpuProviders: readonly ProviderId[] = [...nvidiaProviders, 'dml', 'webgpu', 'coreml'];

/** Whether a configuration computes on a GPU, as far as its provider tells. */
export function usesGpu({ provider }: SensorScope['config']): boolean {
  return gpuProviders.includes(provider);
}

/** The entry of CUDA_VISIBLE_DEVICES for the device of a configuration, for providers that go by it. */
export function visibleDevices(
  { config }: Pick<SensorScope, 'config'>,
  environment: SensorPorts['environment'],
): string | undefined {
  if (!nvidiaProviders.includes(config.provider)) return undefined;
  return environment.CUDA_VISIBLE_DEVICES?.split(',')[config.device ?? 0]?.trim();
}

/**
 * Opens NVML, or nvidia-smi where the library cannot be loaded, and the GPU that the provider uses. Either stays open
 * until the sensor is closed.
 */
export async function openNvidiaSensor(
  scope: SensorScope,
  ports: SensorPorts,
  reading: NvidiaReading,
): Promise<Observed<OpenSensor>> {
  if (scope.software === true)
    return absent(
      'the provider computes on the processor, by a software adapter',
      'Install the driver of the GPU; inferometer doctor says what is missing.',
    );
  const opened = await ports.openNvml();
  if (opened.status === 'absent') return openSmiSensor(scope, ports, reading, opened);
  const nvml = opened.value;
  const device = findNvmlDevice(nvml, visibleDevices(scope, ports.environment));
  if (device.status === 'absent') {
    nvml.close();
    return device;
  }
  const { name, handle } = device.value;
  const first = reading.nvml(nvml, handle);
  if (first.status === 'absent') {
    nvml.close();
    return absent(first.reason, first.remedy);
  }
  const reference = reading.reference?.(nvml, handle) ?? null;
  return present({
    source: toSource('NVML', name, scope),
    ...(reference === null ? {} : { reference }),
    read() {
      const now = reading.nvml(nvml, handle);
      return now.status === 'present' ? now.value : null;
    },
    close: () => {
      nvml.close();
    },
  });
}

function toSource(library: string, gpu: string, { config: { provider } }: SensorScope): string {
  const source = `${library}, ${gpu}`;
  return nvidiaProviders.includes(provider) ? source : `${source}, which the provider may or may not use`;
}

/** Where neither answers, what NVML said is the reason: its driver is what is missing. */
async function openSmiSensor(
  scope: SensorScope,
  ports: SensorPorts,
  { smi }: NvidiaReading,
  { reason, remedy }: Extract<Observed<Nvml>, { status: 'absent' }>,
): Promise<Observed<OpenSensor>> {
  if (smi === null || ports.platform === 'darwin') return absent(reason, remedy);
  const gpu = /^\s*((?:GPU|MIG)-[\w/-]+)/.exec(visibleDevices(scope, ports.environment) ?? '')?.[1] ?? null;
  const opened = await ports.openSmi(gpu);
  if (opened.status === 'absent') return absent(reason, remedy);
  const stream = opened.value;
  const read = (): number | null => {
    const text = stream.read(smi.field);
    return text === null ? null : smi.parse(text);
  };
  if (read() === null) {
    stream.close();
    return absent(`nvidia-smi does not tell ${smi.field} of this GPU`);
  }
  return present({
    source: toSource('nvidia-smi', stream.read('name') ?? 'NVIDIA GPU', scope),
    read,
    close: () => stream.close(),
  });
}
