import { describe, expect, it } from 'vitest';
import { openSensors } from '../../../src/core/telemetry/open-sensors.ts';
import type { SensorPorts, SensorScope } from '../../../src/core/telemetry/sensor.ts';
import { absent } from '../../../src/shared/domain/provenance.ts';
import { readMachine } from '../hardware/support/machines.ts';
import type { createNvmlDouble } from '../hardware/support/nvml-double.ts';
import { onCpu, onCuda, openSensor, portsOf, portsWithNvml } from './support/sensor-machine.ts';

const desktop = readMachine('amd-desktop');

type Read = Record<string, string | { value: number | null; unit: string; source: string }>;

/** What each sensor reads, or why it is not there. */
async function readSensors(scope: SensorScope, ports: SensorPorts): Promise<Read> {
  const read: Read = {};
  for (const { id, unit, found } of await openSensors(scope, ports)) {
    if (found.status === 'absent') read[id] = found.reason;
    else {
      read[id] = { value: await found.value.read(), unit, source: found.value.source };
      found.value.close();
    }
  }
  return read;
}

describe('the processor', () => {
  it('has the mean clock of the processors in use and the temperature of its hottest sensor', async () => {
    const mean = ((5_386_120 + 5_385_998 + 3_000_000 + 3_200_000) / 4) * 1000;
    expect(await readSensors(onCpu, portsOf(desktop))).toMatchObject({
      'cpu-clock': { value: mean, unit: 'Hz', source: 'cpufreq, mean of 4 processors' },
      'cpu-temperature': { value: 62.625, unit: '°C', source: 'k10temp, hottest of 2 sensors' },
    });
  });

  it.each([
    [2, (5_386_120 + 5_385_998) * 500, 'cpufreq, mean of 2 processors'],
    [1, 5_386_120_000, 'cpufreq, fastest of 4 processors'],
  ])('with %i threads has the clock of those that the engine runs on', async (threads, value, source) => {
    const scope = { ...onCpu, config: { ...onCpu.config, threads } };
    expect(await readSensors(scope, portsOf(desktop))).toMatchObject({ 'cpu-clock': { value, source } });
  });

  it('has its temperature from a thermal zone where the kernel has no monitor', async () => {
    const board = new Map([
      ['/sys/class/thermal/thermal_zone0/type', 'gpu-thermal\n'],
      ['/sys/class/thermal/thermal_zone0/temp', '71000\n'],
      ['/sys/class/thermal/thermal_zone1/type', 'cpu-thermal\n'],
      ['/sys/class/thermal/thermal_zone1/temp', '55100\n'],
    ]);
    expect(await readSensors(onCpu, portsOf(board))).toMatchObject({ 'cpu-temperature': { value: 55.1 } });
  });

  it('of a virtual machine has neither, although /proc/cpuinfo tells a number of MHz', async () => {
    const machine = new Map(readMachine('container-cgroup-v2')).set(
      '/proc/cpuinfo',
      'processor : 0\ncpu MHz : 2700.0\n',
    );
    for (const id of ['cpu-clock', 'cpu-temperature', 'cpu-throttling', 'cpu-energy', 'memory-energy']) {
      expect(await openSensor(id, onCpu, portsOf(machine))).toEqual(
        absent(expect.stringContaining('virtual machine') as string, expect.any(String) as string),
      );
    }
  });

  it.each(['0', '-1', '<unknown>', ''])('has no value rather than 0 where the kernel writes "%s"', async (content) => {
    const broken = new Map(desktop);
    for (const path of desktop.keys()) {
      if (/scaling_cur_freq$|temp\d_input$/.test(path)) broken.set(path, content);
    }
    expect(await readSensors(onCpu, portsOf(broken))).toMatchObject({
      'cpu-clock': expect.any(String) as string,
      'cpu-temperature': expect.any(String) as string,
    });
    // It may stop telling while something is measured.
    const files = new Map(desktop);
    const found = await openSensors(onCpu, portsOf(files));
    for (const [path, text] of broken) files.set(path, text);
    for (const { id, found: sensor } of found) {
      if (!/^cpu-(?:clock|temperature)$/.test(id)) continue;
      expect(sensor.status === 'present' && (await sensor.value.read())).toBeNull();
    }
  });

  it.each(['darwin', 'win32'] as const)('is not asked on %s, which is said', async (platform) => {
    const found = await readSensors(onCpu, portsOf(desktop, { platform }));
    for (const id of ['cpu-clock', 'cpu-temperature', 'cpu-throttling', 'cpu-energy', 'memory-energy'])
      expect(found[id]).toMatch(/on Linux only/);
    expect(Object.values(found).every((reason) => typeof reason === 'string')).toBe(true);
  });
});

describe('the GPU', () => {
  const h200 = {
    nvmlDeviceGetCount_v2: [1],
    nvmlDeviceGetHandleByIndex_v2: [77],
    nvmlDeviceGetHandleByUUID: [78],
    nvmlDeviceGetName: 'NVIDIA H200',
    nvmlDeviceGetClockInfo: [1980],
    nvmlDeviceGetTemperature: [41],
  };
  const withNvml = (answers: Parameters<typeof createNvmlDouble>[0], changes: Partial<SensorPorts> = {}) =>
    portsWithNvml(desktop, answers, changes);

  it('has its clock and temperature, and NVML is closed with them', async () => {
    const { opened, ports } = withNvml(h200);
    expect(await readSensors(onCuda, ports)).toMatchObject({
      'gpu-clock': { value: 1.98e9, unit: 'Hz', source: 'NVML, NVIDIA H200' },
      'gpu-temperature': { value: 41, unit: '°C' },
    });
    expect(opened.length).toBeGreaterThanOrEqual(2);
    expect(opened.every(({ closed }) => closed)).toBe(true);
  });

  it('is not asked for a configuration that does not use it', async () => {
    const { opened, ports } = withNvml(h200);
    expect(Object.keys(await readSensors(onCpu, ports)).filter((id) => id.startsWith('gpu-'))).toEqual([]);
    expect(opened).toEqual([]);
  });

  it('says that NVML tells nothing of which adapter WebGPU took', async () => {
    const onWebGpu: SensorScope = { ...onCpu, config: { provider: 'webgpu', threads: 0 } };
    expect(await readSensors(onWebGpu, withNvml(h200).ports)).toMatchObject({
      'gpu-clock': { source: 'NVML, NVIDIA H200, which the provider may or may not use' },
    });
    const { opened, ports } = withNvml(h200);
    const found = await readSensors({ ...onWebGpu, software: true }, ports);
    expect(found['gpu-clock']).toMatch(/software adapter/);
    expect(opened).toEqual([]);
  });

  it('is not guessed among several, unless CUDA_VISIBLE_DEVICES names one', async () => {
    const two = { ...h200, nvmlDeviceGetCount_v2: [2] };
    const { opened, ports } = withNvml(two);
    expect((await readSensors(onCuda, ports))['gpu-clock']).toMatch(/2 GPUs/);
    expect(opened.every(({ closed }) => closed)).toBe(true);
    const none = await readSensors(onCuda, withNvml({ ...h200, nvmlDeviceGetCount_v2: [0] }).ports);
    expect(none['gpu-clock']).toMatch(/shows no GPU/);
    const environment = { CUDA_VISIBLE_DEVICES: 'GPU-5e1c0f7c-aaaa-bbbb-cccc-0123456789ab' };
    const named = await readSensors(onCuda, withNvml(two, { environment }).ports);
    expect(named['gpu-clock']).toMatchObject({ value: 1.98e9 });
    // The second device is the second of the list; one that the list does not have is no other one.
    const onSecond: SensorScope = { ...onCuda, config: { ...onCuda.config, device: 1 } };
    const asked: string[] = [];
    const byUuid = { ...two, nvmlDeviceGetHandleByUUID: (uuid: Buffer) => void asked.push(uuid.toString('latin1')) };
    const both = { CUDA_VISIBLE_DEVICES: 'GPU-aaaaaaaa, GPU-bbbbbbbb' };
    await readSensors(onSecond, withNvml(byUuid, { environment: both }).ports);
    expect(asked[0]).toMatch(/^GPU-bbbbbbbb/);
    expect((await readSensors(onSecond, withNvml(two, { environment }).ports))['gpu-clock']).toMatch(/2 GPUs/);
  });

  it('that refuses a value, or has no driver, says so in the words of the driver', async () => {
    const { opened, ports } = withNvml({ ...h200, nvmlDeviceGetClockInfo: { status: 3 } });
    const found = await readSensors(onCuda, ports);
    expect(found).toMatchObject({
      'gpu-clock': 'this GPU or driver does not support it',
      'gpu-temperature': { value: 41 },
    });
    expect(opened.every(({ closed }) => closed)).toBe(true);
    expect((await readSensors(onCuda, portsOf(desktop)))['gpu-clock']).toMatch(/could not be loaded/);
  });
});

it('says of a source that throws what it threw', async () => {
  const openNvml = () => Promise.reject(new Error('libnvidia-ml.so.1: wrong ELF class'));
  const found = await readSensors(onCuda, portsOf(desktop, { openNvml }));
  expect(found['gpu-clock']).toMatch(/wrong ELF class/);
  expect(found['cpu-clock']).toMatchObject({ unit: 'Hz' });
});
