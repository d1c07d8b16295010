import { absent, present } from '../../shared/domain/provenance.ts';
import type { FoundSensorInfo } from '../../shared/domain/telemetry.ts';
import { allowedCpuNumbers } from '../measure/allowed-cpus.ts';
import { openSensors, type OpenSensors } from '../telemetry/open-sensors.ts';

/** Every sensor with what it reads on this machine, or why it is not there; those of a GPU as CUDA would find it. */
export async function listSensors(open: OpenSensors = openSensors): Promise<FoundSensorInfo[]> {
  const found = await open({
    config: { provider: 'cuda', threads: 0 },
    allowedCpus: allowedCpuNumbers(),
    software: null,
    enginePids: () => [process.pid],
  });
  return found.map(({ found: sensor, ...description }) => {
    if (sensor.status === 'absent') return { ...description, origin: absent(sensor.reason, sensor.remedy) };
    const { source, reference } = sensor.value;
    sensor.value.close();
    return { ...description, origin: present({ source, ...(reference === undefined ? {} : { reference }) }) };
  });
}
