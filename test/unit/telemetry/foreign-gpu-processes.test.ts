import { expect, it } from 'vitest';
import { describeGpuProcesses, refuseForeignLoad } from '../../../src/core/measure/foreign-load.ts';
import { findForeignGpuProcesses } from '../../../src/core/telemetry/foreign-gpu-processes.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { createNvmlDouble } from '../hardware/support/nvml-double.ts';
import { onCpu, onCuda, portsOf } from './support/sensor-machine.ts';

const comm = new Map([['/proc/4242/comm', 'python3\n']]);
const noProgram = () => Promise.resolve(absent('nvidia-smi is not installed'));

function withProcesses(...processes: (readonly [pid: number, memoryBytes: bigint])[]) {
  return createNvmlDouble({
    nvmlDeviceGetCount_v2: [1],
    nvmlDeviceGetHandleByIndex_v2: [77],
    nvmlDeviceGetName: 'NVIDIA H200',
    nvmlDeviceGetComputeRunningProcesses_v3: (count, infos) => {
      count.writeUInt32LE(processes.length);
      for (const [index, [pid, memory]] of processes.entries()) {
        infos.writeUInt32LE(pid, index * 24);
        infos.writeBigUInt64LE(memory, index * 24 + 8);
      }
    },
  });
}

it('names whoever computes on the GPU, with the memory that they hold', async () => {
  const nvml = withProcesses([4242, 13_207_024_435n], [17, 2n ** 64n - 1n]);
  const ports = { ...portsOf(comm, { openNvml: () => Promise.resolve(present(nvml)) }), run: noProgram };
  const found = await findForeignGpuProcesses(onCuda, ports);
  expect(found).toEqual(
    present([
      { pid: 4242, name: 'python3', memoryBytes: 13_207_024_435 },
      { pid: 17, name: null, memoryBytes: null },
    ]),
  );
  expect(nvml.closed).toBe(true);
  if (found.status === 'absent') throw new Error(found.reason);
  expect(describeGpuProcesses(found.value)).toBe('python3 (process 4242, 12.3 GiB), process 17');
  expect(() => refuseForeignLoad(present(0.01), found.value)).toThrow(
    expect.objectContaining({
      code: 'FOREIGN_LOAD',
      message: expect.stringContaining('python3 (process 4242') as string,
    }),
  );
});

it('asks nvidia-smi where its library cannot be loaded', async () => {
  const run = () => Promise.resolve(present('4242, 912\n17, [N/A]\n\n'));
  expect(await findForeignGpuProcesses(onCuda, { ...portsOf(comm), run })).toEqual(
    present([
      { pid: 4242, name: 'python3', memoryBytes: 912 * 1024 ** 2 },
      { pid: 17, name: null, memoryBytes: null },
    ]),
  );
  expect(await findForeignGpuProcesses(onCuda, { ...portsOf(comm), run: noProgram })).toMatchObject({
    status: 'absent',
    reason: expect.stringContaining('could not be loaded') as string,
  });
});

it('does not ask for a configuration without a GPU, and refuses nothing where nobody else is', async () => {
  const found = await findForeignGpuProcesses(onCpu, {
    ...portsOf(comm),
    run: () => Promise.reject(new Error('asked')),
  });
  expect(found.status).toBe('absent');
  expect(() => refuseForeignLoad(present(0.04), [])).not.toThrow();
  expect(() => refuseForeignLoad(absent('no counters'), [])).not.toThrow();
  expect(() => refuseForeignLoad(present(0.3), [])).toThrow(expect.objectContaining({ code: 'FOREIGN_LOAD' }));
});
