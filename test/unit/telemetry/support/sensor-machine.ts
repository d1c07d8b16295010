import { openSensors } from '../../../../src/core/telemetry/open-sensors.ts';
import type { SensorPorts, SensorScope } from '../../../../src/core/telemetry/sensor.ts';
import { absent, present } from '../../../../src/shared/domain/provenance.ts';
import { createMachinePorts } from '../../hardware/support/machines.ts';
import { createNvmlDouble } from '../../hardware/support/nvml-double.ts';

/** Files of a machine by their paths; a test may change them while sensors are open. */
export type Tree = Map<string, string>;

export const onCpu: SensorScope = {
  config: { provider: 'cpu', threads: 0 },
  allowedCpus: [0, 1, 2, 3],
  software: null,
  enginePids: () => [],
};
export const onCuda: SensorScope = { ...onCpu, config: { provider: 'cuda', threads: 0 } };

/** Ports of a Linux machine with these files and neither NVML nor nvidia-smi. */
export function portsOf(tree: ReadonlyMap<string, string>, changes: Partial<SensorPorts> = {}): SensorPorts {
  const { platform, files, openNvml } = createMachinePorts(tree);
  const openSmi = () => Promise.resolve(absent('nvidia-smi is not installed'));
  return { platform, files, openNvml, openSmi, environment: {}, now: () => 0, ...changes };
}

/** Ports of a machine whose NVML gives these answers, and every NVML that was opened. */
export function portsWithNvml(
  tree: ReadonlyMap<string, string>,
  answers: Parameters<typeof createNvmlDouble>[0],
  changes: Partial<SensorPorts> = {},
) {
  const opened: ReturnType<typeof createNvmlDouble>[] = [];
  const openNvml: SensorPorts['openNvml'] = () => {
    opened.push(createNvmlDouble(answers));
    return Promise.resolve(present(opened.at(-1)!));
  };
  return { opened, ports: portsOf(tree, { openNvml, ...changes }) };
}

/** Opens all sensors and gives one of them. */
export async function openSensor(id: string, scope: SensorScope, ports: SensorPorts) {
  const found = await openSensors(scope, ports);
  const sensor = found.find((one) => one.id === id);
  if (sensor === undefined) throw new Error(`There is no sensor ${id}`);
  return sensor.found;
}
