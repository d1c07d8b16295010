import { isUntried } from '../../core/engine-client/probe-provider.ts';
import { isaFlagSchema, type MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { formatCount, formatQuantity, formatTime } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import { describeObserved, joinSentences, printFacts, type Fact } from './facts.ts';
import type { Terminal } from './terminal.ts';

/** Everything that was detected, absences with their reasons. */
export function printMachine(terminal: Terminal, machine: MachineReport): void {
  const { cpu, memory, operatingSystem, virtualization, load } = machine;
  terminal.print(
    `${terminal.paint('strong', 'This machine')}  ${terminal.paint('muted', formatTime(machine.detectedAt))}`,
  );
  printFacts(terminal, 'Processor', [
    ['model', describeObserved(cpu.model, (name) => name)],
    ['cores', describeCores(machine)],
    ['usable here', describeObserved(cpu.usable, describeUsable)],
    ['instructions', describeInstructions(machine)],
    ['caches', describeObserved(cpu.caches, describeCaches)],
    ['NUMA nodes', describeObserved(cpu.numaNodes, (nodes) => formatCount(nodes.length))],
    ['clock', describeClock(machine)],
    ['governor', describeObserved(cpu.governor, (name) => name)],
    ['boost', describeObserved(cpu.boost, toOnOff)],
  ]);
  printFacts(terminal, 'Memory', [
    ['installed', describeObserved(memory.totalBytes, toBytes)],
    ['usable now', describeObserved(memory.usableBytes, toBytes)],
    ['limit', describeObserved(memory.limitBytes, toBytes)],
    ['swap', describeObserved(memory.swapTotalBytes, toBytes)],
  ]);
  printFacts(terminal, 'Graphics', describeGpus(machine));
  printFacts(terminal, 'System', [
    ['system', describeObserved(operatingSystem.distribution, (name) => `${name}, ${operatingSystem.arch}`)],
    ['kernel', describeObserved(operatingSystem.kernel, (name) => name)],
    ['virtual machine', describeObserved(virtualization.virtualMachine, describeEnclosure)],
    ['container', describeObserved(virtualization.container, describeEnclosure)],
    ['power', describeObserved(machine.powerSource, (source) => source)],
    ['load of others', describeObserved(load.otherShare, toShare)],
    ['stolen time', describeObserved(load.stealShare, toShare)],
  ]);
}

/** What a result needs beside it: processor, memory, GPUs and system. */
export function printMachineSummary(terminal: Terminal, machine: MachineReport): void {
  const { cpu, memory, gpus, operatingSystem } = machine;
  printFacts(terminal, 'This machine', [
    ['processor', describeObserved(cpu.model, (name) => name)],
    ['cores', describeCores(machine)],
    ['memory', describeObserved(memory.totalBytes, toBytes)],
    [
      'GPU',
      gpus.status === 'present'
        ? gpus.value.map(({ name }) => name).join(', ')
        : { text: 'none found; inferometer detect says why', style: 'muted' },
    ],
    ['system', describeObserved(operatingSystem.distribution, (name) => `${name}, ${operatingSystem.arch}`)],
  ]);
}

/** One line per execution provider: whether it works, on what, or why not and what would help. */
export function printProviders(terminal: Terminal, providers: readonly ProviderReport[]): void {
  terminal.print('', terminal.paint('strong', 'Execution providers'));
  const rows = providers.map((report): Cell[] => {
    const { id, name, status } = report;
    if (status.status === 'unavailable') {
      const text = joinSentences(status.reason, status.remedy);
      if (isUntried(report)) return [id, name, { text: '… unknown', style: 'muted' }, { text, style: 'muted' }];
      return [id, name, { text: '✕ unavailable', style: 'muted' }, { text, style: 'muted' }];
    }
    const mark: Cell =
      status.software === true ? { text: '○ software', style: 'caution' } : { text: '● available', style: 'good' };
    return [id, name, mark, status.device];
  });
  terminal.print(...printColumns(terminal, [{}, { dropOrder: 1 }, {}, {}], rows));
}

/** What the binding for JavaScript does not reach of the providers that work here. */
export function printUnreachable(terminal: Terminal, providers: readonly ProviderReport[]): void {
  const rows = providers
    .filter(({ status }) => status.status === 'available')
    .flatMap(({ id, unreachable }) => unreachable.map((text, index): Cell[] => [index === 0 ? id : '', text]));
  if (rows.length === 0) return;
  terminal.print(
    '',
    terminal.paint('strong', 'Not reachable from JavaScript'),
    ...printColumns(terminal, [{}, {}], rows),
  );
}

function describeCores({ cpu }: MachineReport): Cell {
  const parts = [
    describePresent(cpu.physicalCores, (count) => `${formatCount(count)} physical`),
    describePresent(cpu.logicalCores, (count) => `${formatCount(count)} logical`),
    describePresent(cpu.sockets, (count) => `${formatCount(count)} ${count === 1 ? 'socket' : 'sockets'}`),
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(', ');
  return describeObserved(cpu.logicalCores, (count) => formatCount(count));
}

function describeUsable({ cpus, limits }: { cpus: number; limits: { source: string; cpus: number }[] }): string {
  const tightest = limits.filter((limit) => limit.cpus === cpus).map(({ source }) => source);
  return `${cpus} logical (${tightest.join(', ')})`;
}

/** The extensions that are there; when not even one can be told, the reason. */
function describeInstructions({ cpu }: MachineReport): Cell {
  const flags = isaFlagSchema.options.map((flag) => [flag, cpu.isa[flag]] as const);
  const there = flags.filter(([, seen]) => seen.status === 'present' && seen.value).map(([flag]) => flag);
  if (there.length > 0) return there.join(' ');
  const unknown = flags.map(([, seen]) => seen).find((seen) => seen.status === 'absent');
  return unknown === undefined ? 'none of those that matter' : describeObserved(unknown, String);
}

function describeCaches(
  caches: readonly { level: number; kind: string; sizeBytes: number; instances: number }[],
): string {
  return caches
    .map(({ level, kind, sizeBytes, instances }) => {
      const suffix = kind === 'data' ? 'd' : kind === 'instruction' ? 'i' : '';
      return `L${level}${suffix} ${instances} × ${toBytes(sizeBytes)}`;
    })
    .join(', ');
}

function describeClock({ cpu }: MachineReport): Cell {
  const parts = [
    describePresent(cpu.baseClockMHz, (clock) => `base ${formatCount(clock)} MHz`),
    describePresent(cpu.maxClockMHz, (clock) => `at most ${formatCount(clock)} MHz`),
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(', ') : describeObserved(cpu.maxClockMHz, String);
}

function describeGpus({ gpus, displayAdapters }: MachineReport): Fact[] {
  if (gpus.status === 'absent') {
    const adapters = describePresent(displayAdapters, (all) =>
      all.map(({ name, kind }) => `${name} (${kind})`).join(', '),
    );
    const facts: Fact[] = [['GPU', describeObserved(gpus, String)]];
    return adapters === null ? facts : [...facts, ['display adapters', adapters]];
  }
  return gpus.value.flatMap((gpu): Fact[] => [
    [`GPU ${gpu.index}`, gpu.name],
    ['  memory', describeObserved(gpu.memoryBytes, toBytes)],
    ['  driver', describeObserved(gpu.driverVersion, (version) => version)],
    ['  CUDA of driver', describeObserved(gpu.cudaDriverVersion, (version) => version)],
    ['  power limit', describeObserved(gpu.powerLimitW, (watts) => formatQuantity(watts, 'W').text)],
    ['  MIG', describeObserved(gpu.migEnabled, toOnOff)],
  ]);
}

function describeEnclosure({ detected, name }: { detected: boolean; name: string | null }): string {
  return detected ? `yes${name === null ? '' : `, ${name}`}` : 'no sign of one';
}

function describePresent<T>(observed: Observed<T>, describe: (value: T) => string): string | null {
  return observed.status === 'present' ? describe(observed.value) : null;
}

function toBytes(bytes: number): string {
  return formatQuantity(bytes, 'B').text;
}

function toOnOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}

function toShare(share: number): string {
  return `${formatQuantity(share, 'ratio').text} of processor time`;
}
