import type { ForeignGpuProcess } from '../../shared/domain/measurement.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { createSystemFiles } from '../hardware/files.ts';
import type { SystemFiles } from '../hardware/files.ts';
import { readComputeProcesses, type GpuProcess } from '../hardware/gpu-activity.ts';
import { findNvmlDevice } from '../hardware/gpu-nvml.ts';
import { openNvml } from '../hardware/nvml.ts';
import { runProgram } from '../hardware/run-program.ts';
import { usesGpu, visibleDevices } from './nvidia-sensor.ts';
import type { SensorPorts, SensorScope } from './sensor.ts';

/** Where processes on a GPU are looked for. */
export interface ForeignGpuPorts extends Pick<SensorPorts, 'files' | 'openNvml' | 'environment'> {
  /** Standard output of a program; absent when it is not installed, fails or takes too long. */
  run: (command: string, args: string[]) => Promise<Observed<string>>;
}

const MEBIBYTE = 1024 ** 2;

/**
 * Processes that compute on the GPU of a configuration before its engine starts; whoever they are, they are not ours.
 * Absent where nothing tells, such as for configurations without a GPU.
 */
export async function findForeignGpuProcesses(
  scope: Pick<SensorScope, 'config' | 'software'>,
  ports: ForeignGpuPorts = {
    files: createSystemFiles(),
    openNvml: () => openNvml(),
    environment: process.env,
    run: runProgram,
  },
): Promise<Observed<ForeignGpuProcess[]>> {
  if (!usesGpu(scope.config) || scope.software === true) return absent('the configuration computes on no GPU');
  const found = await readProcesses(visibleDevices(scope, ports.environment), ports);
  if (found.status === 'absent') return found;
  return present(
    await Promise.all(
      found.value.map(async ({ pid, memoryBytes }) => ({
        pid,
        name: await readName(ports.files, pid),
        memoryBytes,
      })),
    ),
  );
}

async function readProcesses(
  visible: string | undefined,
  { openNvml: open, run }: ForeignGpuPorts,
): Promise<Observed<GpuProcess[]>> {
  const opened = await open();
  if (opened.status === 'absent') {
    const uuid = /^\s*((?:GPU|MIG)-[\w/-]+)/.exec(visible ?? '')?.[1];
    const answer = await run('nvidia-smi', [
      '--query-compute-apps=pid,used_memory',
      '--format=csv,noheader,nounits',
      ...(uuid === undefined ? [] : [`--id=${uuid}`]),
    ]);
    return answer.status === 'present' ? present(parseSmiProcesses(answer.value)) : opened;
  }
  const nvml = opened.value;
  try {
    const device = findNvmlDevice(nvml, visible);
    return device.status === 'present' ? readComputeProcesses(nvml, device.value.handle) : device;
  } finally {
    nvml.close();
  }
}

/** Lines "4242, 12345"; memory is "[N/A]" where the driver does not tell. */
function parseSmiProcesses(output: string): GpuProcess[] {
  return output.split('\n').flatMap((line) => {
    const [pid, memory] = line.split(',').map((cell) => cell.trim());
    if (pid === undefined || !/^\d+$/.test(pid)) return [];
    return [{ pid: Number(pid), memoryBytes: /^\d+$/.test(memory ?? '') ? Number(memory) * MEBIBYTE : null }];
  });
}

/** In a container the number may be one of the host's, which names nothing here. */
async function readName(files: SystemFiles, pid: number): Promise<string | null> {
  const name = await files.read(`/proc/${pid}/comm`);
  return name.status === 'present' ? name.value : null;
}
