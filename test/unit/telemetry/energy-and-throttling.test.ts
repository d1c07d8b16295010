import { describe, expect, it } from 'vitest';
import type { SensorPorts } from '../../../src/core/telemetry/sensor.ts';
import { absent } from '../../../src/shared/domain/provenance.ts';
import { onCpu, onCuda, openSensor, portsOf, portsWithNvml, type Tree } from './support/sensor-machine.ts';

const powercap = '/sys/class/powercap';

/** Two sockets with memory, in microjoules, as intel_rapl shows them; the counter of each begins anew at 1,000 J. */
function createServer(): Tree {
  const tree: Tree = new Map([[`${powercap}/intel-rapl/enabled`, '1\n']]);
  const zone = (name: string, label: string, energyUj: number) => {
    tree.set(`${powercap}/${name}/name`, `${label}\n`);
    tree.set(`${powercap}/${name}/energy_uj`, `${energyUj}\n`);
    tree.set(`${powercap}/${name}/max_energy_range_uj`, '1000000000\n');
  };
  zone('intel-rapl:0', 'package-0', 990_000_000);
  zone('intel-rapl:0:0', 'dram', 5_000_000);
  zone('intel-rapl:1', 'package-1', 100_000_000);
  zone('intel-rapl:1:0', 'dram', 6_000_000);
  zone('intel-rapl:2', 'psys', 1_000_000);
  zone('intel-rapl-mmio:0', 'package-0', 990_000_000);
  return tree;
}

describe('the energy of processors', () => {
  it('is added up over the packages, counted from the start, and goes on where a counter begins anew', async () => {
    const tree = createServer();
    const sensor = await openSensor('cpu-energy', onCpu, portsOf(tree));
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    expect(sensor.value.source).toBe('RAPL, sum of 2 packages');
    expect(await sensor.value.read()).toBe(0);
    // 20 J on the first package, which wraps to 10 J, and 5 J on the other.
    tree.set(`${powercap}/intel-rapl:0/energy_uj`, '10000000');
    tree.set(`${powercap}/intel-rapl:1/energy_uj`, '105000000');
    expect(await sensor.value.read()).toBeCloseTo(25, 9);
    tree.set(`${powercap}/intel-rapl:0/energy_uj`, '0');
    // From 10 J once around to 0 J.
    expect(await sensor.value.read()).toBeCloseTo(25 + 990, 9);
  });

  it('has no value any more once a counter began anew and nothing tells where', async () => {
    const tree = createServer();
    tree.delete(`${powercap}/intel-rapl:1/max_energy_range_uj`);
    const sensor = await openSensor('cpu-energy', onCpu, portsOf(tree));
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    tree.set(`${powercap}/intel-rapl:1/energy_uj`, '1');
    expect(await sensor.value.read()).toBeNull();
    tree.set(`${powercap}/intel-rapl:1/energy_uj`, '2000000');
    expect(await sensor.value.read()).toBeNull();
  });

  it('is told apart from that of memory', async () => {
    const tree = createServer();
    const sensor = await openSensor('memory-energy', onCpu, portsOf(tree));
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    tree.set(`${powercap}/intel-rapl:0:0/energy_uj`, '5500000');
    expect(await sensor.value.read()).toBeCloseTo(0.5, 9);
  });

  it('that only root may read says how to allow it', async () => {
    const ports = portsOf(createServer());
    const files: SensorPorts['files'] = {
      ...ports.files,
      read: (path) =>
        path.endsWith('energy_uj') && !path.includes('max')
          ? Promise.resolve(absent(`this process may not read ${path}`))
          : ports.files.read(path),
    };
    expect(await openSensor('cpu-energy', onCpu, { ...ports, files })).toEqual(
      absent(expect.stringContaining('only root') as string, expect.stringContaining('chmod a+r') as string),
    );
  });
});

describe('slow-downs of the processor', () => {
  const folder = (cpu: number) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`;

  it('are counted from the start, on the processors in use', async () => {
    const tree: Tree = new Map();
    // Two cores with two processors each in one package, which count together.
    for (const cpu of [0, 1, 2, 3]) {
      tree.set(`${folder(cpu)}/core_throttle_count`, '7\n');
      tree.set(`${folder(cpu)}/package_throttle_count`, '0\n');
      tree.set(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, cpu % 2 === 0 ? '0,2\n' : '1,3\n');
      tree.set(`/sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`, '0\n');
    }
    const scope = { ...onCpu, allowedCpus: [0, 1, 2, 3], config: { provider: 'cpu' as const, threads: 0 } };
    const sensor = await openSensor('cpu-throttling', scope, portsOf(tree));
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    expect(await sensor.value.read()).toBe(0);
    for (const cpu of [1, 3]) tree.set(`${folder(cpu)}/core_throttle_count`, '9\n');
    for (const cpu of [0, 1, 2, 3]) tree.set(`${folder(cpu)}/package_throttle_count`, '1\n');
    expect(await sensor.value.read()).toBe(3);
  });
});

describe('the engine', () => {
  const stat = (ticks: number, children = '') =>
    new Map([
      ['/proc/40/stat', `40 (node (x) y) R 1 1 1 0 -1 0 0 0 0 0 ${ticks} 10 0 0 20 0 9 0 100 0 0`],
      ['/proc/40/status', 'Name:\tnode\nVmRSS:\t  2048 kB\nThreads:\t9\n'],
      ['/proc/40/task/40/children', children],
      ['/proc/41/stat', '41 (child) R 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 0 0'],
      ['/proc/41/status', 'Name:\tchild\nVmRSS:\t  1024 kB\n'],
    ]);

  it('has its processor time since the reading before, in processors, and its memory with that of its children', async () => {
    const tree: Tree = stat(100, '41');
    let atMs = 0;
    const scope = { ...onCpu, enginePids: () => [40] };
    const ports = portsOf(tree, { now: () => atMs });
    const [cpu, memory] = [
      await openSensor('engine-cpu', scope, ports),
      await openSensor('engine-memory', scope, ports),
    ];
    if (cpu.status === 'absent' || memory.status === 'absent') throw new Error('no /proc');
    expect(await cpu.value.read()).toBeNull();
    atMs = 500;
    for (const [path, content] of stat(197, '41')) tree.set(path, content);
    expect(await cpu.value.read()).toBe(1.94);
    expect(await memory.value.read()).toBe(3072 * 1024);
  });

  it('has none before it starts, nor across a change of processes', async () => {
    const tree: Tree = stat(100);
    let pids: number[] = [];
    let atMs = 0;
    const ports = portsOf(tree, { now: () => (atMs += 500) });
    const cpu = await openSensor('engine-cpu', { ...onCpu, enginePids: () => pids }, ports);
    if (cpu.status === 'absent') throw new Error(cpu.reason);
    expect(await cpu.value.read()).toBeNull();
    pids = [40];
    expect(await cpu.value.read()).toBeNull();
    expect(await cpu.value.read()).toBe(0);
    pids = [41];
    expect(await cpu.value.read()).toBeNull();
  });
});

describe('the power source', () => {
  it('is a flag that follows the plug, asked for every five seconds', async () => {
    const tree: Tree = new Map([
      ['/sys/class/power_supply/AC/type', 'Mains'],
      ['/sys/class/power_supply/AC/online', '1'],
      ['/sys/class/power_supply/BAT0/type', 'Battery'],
      ['/sys/class/power_supply/BAT0/status', 'Charging'],
    ]);
    let atMs = 0;
    const sensor = await openSensor('power-source', onCpu, portsOf(tree, { now: () => atMs }));
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    expect(await sensor.value.read()).toBe(0);
    tree.set('/sys/class/power_supply/AC/online', '0');
    tree.set('/sys/class/power_supply/BAT0/status', 'Discharging');
    atMs = 4_000;
    expect(await sensor.value.read()).toBe(0);
    atMs = 5_000;
    expect(await sensor.value.read()).toBe(1);
  });
});

describe('an NVIDIA GPU', () => {
  const h200 = {
    nvmlDeviceGetCount_v2: [1],
    nvmlDeviceGetHandleByIndex_v2: [77],
    nvmlDeviceGetName: 'NVIDIA H200',
    nvmlDeviceGetClockInfo: [1980],
    nvmlDeviceGetDefaultApplicationsClock: [1980],
    nvmlDeviceGetTemperature: [41],
    nvmlDeviceGetPowerUsage: [312_500],
    nvmlDeviceGetCurrentClocksThrottleReasons: [0x4 | 0x40],
    nvmlDeviceGetMemoryInfo: [150e9, 149e9, 1e9],
    nvmlDeviceGetUtilizationRates: [97],
  };
  const read = async (id: string, ports: SensorPorts) => {
    const sensor = await openSensor(id, onCuda, ports);
    return sensor.status === 'present' ? sensor.value.read() : sensor.reason;
  };

  it('tells power, memory, utilization, what holds its clock, and its default clock', async () => {
    const { ports } = portsWithNvml(new Map(), h200);
    expect(await read('gpu-power', ports)).toBe(312.5);
    expect(await read('gpu-memory', ports)).toBe(1e9);
    expect(await read('gpu-utilization', ports)).toBe(0.97);
    expect(await read('gpu-throttling', ports)).toBe(0x44);
    const clock = await openSensor('gpu-clock', onCuda, ports);
    expect(clock).toMatchObject({ value: { reference: { value: 1.98e9, meaning: 'default clock' } } });
  });

  it('counts energy from the start; a driver that begins anew ends the count', async () => {
    let millijoules = 5_000_000_000_123n;
    const { ports } = portsWithNvml(new Map(), {
      ...h200,
      nvmlDeviceGetTotalEnergyConsumption: (out) => out.writeBigUInt64LE(millijoules),
    });
    const sensor = await openSensor('gpu-energy', onCuda, ports);
    if (sensor.status === 'absent') throw new Error(sensor.reason);
    millijoules += 250_500n;
    expect(await sensor.value.read()).toBeCloseTo(250.5, 6);
    millijoules = 17n;
    expect(await sensor.value.read()).toBeNull();
  });

  it('whose driver has no energy counter says so in the words of the driver', async () => {
    const { ports } = portsWithNvml(new Map(), { ...h200, nvmlDeviceGetTotalEnergyConsumption: { status: 3 } });
    expect(await read('gpu-energy', ports)).toBe('this GPU or driver does not support it');
  });
});
