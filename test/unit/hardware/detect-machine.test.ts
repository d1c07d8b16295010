import { describe, expect, it } from 'vitest';
import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import { fingerprintMachine } from '../../../src/core/hardware/fingerprint.ts';
import { machineReportSchema } from '../../../src/shared/domain/machine.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import type { Observed } from '../../../src/shared/domain/provenance.ts';
import { createMachinePorts, readMachine } from './support/machines.ts';

const MACHINES = [
  'xeon-two-socket',
  'graviton-vm',
  'container-cgroup-v1',
  'container-cgroup-v2',
  'amd-desktop',
  'sandbox-without-sys',
];

function detect(name: string, changes: Parameters<typeof createMachinePorts>[1] = {}): Promise<MachineReport> {
  return detectMachine(createMachinePorts(readMachine(name), changes));
}

/** The value of a fact that must be there. */
function valueOf<T>(fact: Observed<T>): T {
  if (fact.status === 'absent') throw new Error(`absent: ${fact.reason}`);
  return fact.value;
}

function reasonOf(fact: Observed<unknown>): string {
  if (fact.status === 'present') throw new Error(`present: ${JSON.stringify(fact.value)}`);
  return fact.reason;
}

describe('a report of any machine', () => {
  it.each(MACHINES)('is valid for %s and names the processor', async (name) => {
    const report = machineReportSchema.parse(await detect(name));
    expect(valueOf(report.cpu.model)).not.toBe('');
  });

  it('is valid for a machine whose every file is missing', async () => {
    const report = machineReportSchema.parse(await detectMachine(createMachinePorts(new Map())));
    expect(reasonOf(report.cpu.model)).toContain('/proc/cpuinfo does not exist');
    expect(report.cpu.usable.status).toBe('absent');
    expect(report.memory.totalBytes.status).toBe('absent');
  });
});

describe('a server with two sockets', () => {
  it('counts sockets, cores and threads', async () => {
    const { cpu } = await detect('xeon-two-socket');
    expect([cpu.sockets, cpu.physicalCores, cpu.logicalCores].map(valueOf)).toEqual([2, 4, 8]);
    expect(valueOf(cpu.smt)).toBe(true);
  });

  it('counts each shared cache once', async () => {
    const caches = valueOf((await detect('xeon-two-socket')).cpu.caches);
    expect(caches).toContainEqual({
      level: 2,
      kind: 'unified',
      sizeBytes: 2 * 1024 ** 2,
      sharedByCpus: 2,
      instances: 4,
    });
    expect(caches).toContainEqual({
      level: 3,
      kind: 'unified',
      sizeBytes: 60 * 1024 ** 2,
      sharedByCpus: 4,
      instances: 2,
    });
  });

  it('lists NUMA nodes with their cpus and memory', async () => {
    const nodes = valueOf((await detect('xeon-two-socket')).cpu.numaNodes);
    expect(nodes.map((node) => node.cpus)).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ]);
    expect(valueOf(nodes[1]!.memoryBytes)).toBe(264_094_464 * 1024);
  });

  it('reads clocks in MHz, governor and turbo', async () => {
    const { cpu } = await detect('xeon-two-socket');
    expect(valueOf(cpu.baseClockMHz)).toBe(2800);
    expect(valueOf(cpu.maxClockMHz)).toBe(4100);
    expect(valueOf(cpu.governor)).toBe('performance');
    expect(valueOf(cpu.boost)).toBe(true);
  });

  it('is no virtual machine, has no limit and may use every cpu', async () => {
    const { cpu, memory, virtualization } = await detect('xeon-two-socket');
    expect(valueOf(virtualization.virtualMachine).detected).toBe(false);
    expect(valueOf(virtualization.container).detected).toBe(false);
    expect(valueOf(cpu.usable).cpus).toBe(8);
    expect(reasonOf(memory.limitBytes)).toContain('no memory limit');
  });

  it('shows the GPU on the bus although its driver is missing, and the console adapter as no GPU', async () => {
    const report = await detect('xeon-two-socket');
    const gpus = valueOf(report.gpus);
    expect(gpus.map((gpu) => [gpu.vendor, gpu.source])).toEqual([['NVIDIA', 'system']]);
    expect(gpus[0]?.driverVersion).toMatchObject({ status: 'absent', remedy: 'Install the NVIDIA driver.' });
    expect(valueOf(report.displayAdapters).map((adapter) => adapter.kind)).toEqual(['management', 'graphics']);
  });
});

describe('an ARM cloud machine', () => {
  it('decodes the core and knows its instruction sets', async () => {
    const { cpu } = await detect('graviton-vm', { arch: 'arm64' });
    expect(valueOf(cpu.model)).toBe('Neoverse-V1');
    expect(valueOf(cpu.vendor)).toBe('ARM');
    const flags = Object.entries(cpu.isa).filter(([, fact]) => valueOf(fact));
    expect(flags.map(([flag]) => flag).sort()).toEqual(['asimddp', 'bf16', 'i8mm', 'neon', 'sve']);
  });

  it('recognises the virtual machine by its DMI names, for want of a processor flag', async () => {
    const { virtualization, gpus, displayAdapters } = await detect('graviton-vm', { arch: 'arm64' });
    expect(valueOf(virtualization.virtualMachine)).toMatchObject({ detected: true, name: 'Amazon EC2' });
    expect(gpus.status).toBe('absent');
    expect(valueOf(displayAdapters)[0]?.kind).toBe('virtual');
  });

  it('takes a bare-metal machine of the same provider for what it is', async () => {
    const tree = readMachine('graviton-vm').set('/sys/class/dmi/id/product_name', 'c7g.metal');
    const { virtualization } = await detectMachine(createMachinePorts(tree, { arch: 'arm64' }));
    expect(valueOf(virtualization.virtualMachine).detected).toBe(false);
  });
});

describe('limits of a container', () => {
  it('takes the quota of control groups of version 1 when it is the tightest', async () => {
    const usable = valueOf((await detect('container-cgroup-v1')).cpu.usable);
    expect(usable.cpus).toBe(4);
    expect(usable.limits).toContainEqual({ source: 'cpuset', cpus: 6 });
    expect(usable.limits).toContainEqual({ source: 'online', cpus: 8 });
  });

  it('leaves droppable cache out of the memory in use', async () => {
    const { memory } = await detect('container-cgroup-v1');
    expect(valueOf(memory.limitBytes)).toBe(4 * 1024 ** 3);
    expect(valueOf(memory.usableBytes)).toBe(3 * 1024 ** 3);
  });

  it('takes a quota of 1.5 cpus from an outer group of version 2', async () => {
    const { cpu, memory } = await detect('container-cgroup-v2');
    expect(valueOf(cpu.usable).cpus).toBe(1.5);
    expect(valueOf(memory.usableBytes)).toBe(1024 ** 3 + 256 * 1024 ** 2);
  });

  it('takes the affinity when that is the tightest', async () => {
    const tree = readMachine('container-cgroup-v1').set('/proc/self/status', 'Cpus_allowed_list:\t2,5');
    expect(valueOf((await detectMachine(createMachinePorts(tree))).cpu.usable).cpus).toBe(2);
  });

  it('names the container runtime and the hypervisor', async () => {
    const { virtualization } = await detect('container-cgroup-v1');
    expect(valueOf(virtualization.container)).toMatchObject({ detected: true, name: 'Docker' });
    expect(valueOf(virtualization.virtualMachine)).toMatchObject({ detected: true, name: 'Hyper-V' });
  });

  it('takes no limit from the number that version 1 writes for none', async () => {
    const tree = readMachine('container-cgroup-v1').set(
      '/sys/fs/cgroup/memory/memory.limit_in_bytes',
      '9223372036854771712',
    );
    const { memory } = await detectMachine(createMachinePorts(tree));
    expect(memory.limitBytes.status).toBe('absent');
    expect(valueOf(memory.usableBytes)).toBe(28_000_000 * 1024);
  });
});

describe('a desktop', () => {
  it('joins different governors and reads the base clock from ACPI', async () => {
    const { cpu } = await detect('amd-desktop');
    expect(valueOf(cpu.governor)).toBe('performance, powersave');
    expect(valueOf(cpu.baseClockMHz)).toBe(4501);
    expect(valueOf(cpu.boost)).toBe(true);
  });

  it('does not take the battery of a mouse for its own', async () => {
    expect((await detect('amd-desktop')).powerSource.status).toBe('absent');
  });

  it('tells battery from mains on a notebook', async () => {
    const tree = readMachine('amd-desktop')
      .set('/sys/class/power_supply/BAT0/type', 'Battery')
      .set('/sys/class/power_supply/BAT0/status', 'Discharging')
      .set('/sys/class/power_supply/AC/type', 'Mains')
      .set('/sys/class/power_supply/AC/online', '0');
    expect(valueOf((await detectMachine(createMachinePorts(tree))).powerSource)).toBe('battery');
    tree.set('/sys/class/power_supply/AC/online', '1');
    expect(valueOf((await detectMachine(createMachinePorts(tree))).powerSource)).toBe('mains');
  });

  it('finds the catalogue row of a Radeon from the name that the system lists and the memory that its driver states', async () => {
    const adapter = {
      name: 'Radeon RX 7900 XTX',
      vendor: 'AMD',
      memoryBytes: 268_435_456,
      driverVersion: null,
      cores: null,
    };
    const report = await detect('amd-desktop', {
      listAdapters: () => Promise.resolve([{ ...adapter, busAddress: '03:00.0' }]),
    });
    const [gpu] = valueOf(report.gpus);
    expect(valueOf(gpu!.memoryBytes)).toBe(25_753_026_560);
    expect(valueOf(gpu!.catalogueIds)).toEqual(['rx-7900-xtx']);
  });
});

describe('a sandbox without /sys', () => {
  it('keeps what /proc tells and gives reasons for the rest', async () => {
    const { cpu, virtualization, memory } = await detect('sandbox-without-sys');
    expect(valueOf(cpu.logicalCores)).toBe(2);
    expect(reasonOf(cpu.physicalCores)).toContain('socket and core numbers');
    expect(cpu.caches.status).toBe('absent');
    expect(valueOf(cpu.isa.avx2)).toBe(true);
    expect(valueOf(virtualization.container)).toMatchObject({ detected: true, name: 'gVisor' });
    expect(reasonOf(memory.availableBytes)).toContain('MemAvailable');
  });
});

describe('macOS and Windows', () => {
  const sysctl = [
    'hw.physicalcpu: 8',
    'hw.logicalcpu: 8',
    'hw.packages: 1',
    'hw.nperflevels: 2',
    'hw.perflevel0.logicalcpu: 4',
    'hw.perflevel0.cpusperl2: 4',
    'hw.perflevel0.l1dcachesize: 131072',
    'hw.perflevel0.l2cachesize: 16777216',
    'hw.perflevel1.logicalcpu: 4',
    'hw.optional.AdvSIMD: 1',
    'hw.optional.arm.FEAT_DotProd: 1',
    'hw.optional.arm.FEAT_I8MM: 0',
    'machdep.cpu.brand_string: Apple M1',
    'kern.hv_vmm_present: 0',
  ].join('\n');
  const apple = { name: 'Apple M1', vendor: 'Apple', memoryBytes: null, driverVersion: null, busAddress: null };

  it('describes an Apple processor from sysctl, and its GPU by its cores', async () => {
    const report = machineReportSchema.parse(
      await detectMachine(
        createMachinePorts(new Map(), {
          platform: 'darwin',
          arch: 'arm64',
          run: (command) => Promise.resolve({ status: 'present', value: command === 'sysctl' ? sysctl : '26.1\n' }),
          listAdapters: () => Promise.resolve([{ ...apple, cores: 8 }]),
        }),
      ),
    );
    expect(valueOf(report.cpu.model)).toBe('Apple M1');
    expect(valueOf(report.operatingSystem.distribution)).toBe('macOS 26.1');
    expect(valueOf(report.cpu.isa.asimddp)).toBe(true);
    expect(valueOf(report.cpu.isa.i8mm)).toBe(false);
    expect(valueOf(report.cpu.isa.avx2)).toBe(false);
    expect(valueOf(report.cpu.caches)).toContainEqual({
      level: 2,
      kind: 'unified',
      sizeBytes: 2 ** 24,
      sharedByCpus: 4,
      instances: 1,
    });
    expect(valueOf(valueOf(report.gpus)[0]!.catalogueIds)).toEqual(['m1']);
    expect(valueOf(report.memory.availableBytes)).toBe(9 * 1024 ** 3);
  });

  it('claims on Windows only what Windows tells', async () => {
    const cpu = {
      manufacturer: 'Intel',
      brand: 'Core i7',
      speed: 2.1,
      speedMax: 0,
      cores: 16,
      physicalCores: 8,
      processors: 1,
    };
    const { cpu: report } = machineReportSchema.parse(
      await detectMachine(
        createMachinePorts(new Map(), {
          platform: 'win32',
          libraryCpu: () => Promise.resolve({ status: 'present', value: cpu }),
          windowsFeature: () => Promise.resolve({ status: 'present', value: (feature: number) => feature === 40 }),
        }),
      ),
    );
    expect(valueOf(report.isa.avx2)).toBe(true);
    expect(valueOf(report.isa.avx512f)).toBe(false);
    expect(reasonOf(report.isa.avx512_vnni)).toContain('Windows does not tell');
    expect(valueOf(report.baseClockMHz)).toBe(2100);
    expect(report.maxClockMHz.status).toBe('absent');
  });
});

describe('the fingerprint', () => {
  it('stays when load, time, clocks, governor, kernel and driver change', async () => {
    const tree = readMachine('xeon-two-socket');
    const before = fingerprintMachine(await detectMachine(createMachinePorts(tree)));
    tree
      .set('/proc/sys/kernel/osrelease', '6.9.0')
      .set('/sys/devices/system/cpu/cpufreq/policy0/scaling_governor', 'powersave')
      .set(
        '/proc/meminfo',
        tree.get('/proc/meminfo')!.replace('527951616', '527941600').replace('500000000', '100000000'),
      );
    const after = await detectMachine(createMachinePorts(tree, { now: () => new Date('2027-01-01T00:00:00Z') }));
    expect(fingerprintMachine(after)).toBe(before);
  });

  it('changes with the cpus that may be used, and from machine to machine', async () => {
    const tree = readMachine('xeon-two-socket').set('/sys/fs/cgroup/user.slice/cpu.max', '200000 100000');
    const prints = [fingerprintMachine(await detectMachine(createMachinePorts(tree)))];
    for (const name of MACHINES) prints.push(fingerprintMachine(await detect(name)));
    expect(new Set(prints).size).toBe(MACHINES.length + 1);
  });
});
