import type { Cache, CpuLimit, IsaFlag, MachineReport, NumaNode } from '../../../shared/domain/machine.ts';
import type { Fact } from '../../components/facts.tsx';
import { isaFlagsOf } from '../../components/isa-names.ts';
import type { Format } from '../../components/use-format.ts';
import classes from './machines.module.css';
import { joinAbsent, knownFact, observedFact, yesOrNo, type ReportFact } from './observed-fact.tsx';

const limitNames: Readonly<Record<CpuLimit['source'], string>> = {
  online: 'online',
  affinity: 'affinity of the process',
  cpuset: 'cpuset of the control group',
  'cgroup-quota': 'time quota of the control group',
  system: 'this system',
};

export function listCpuFacts(report: MachineReport, format: Format): Fact[] {
  const { cpu } = report;
  const megahertz = (value: number): string => `${format.count(value)} MHz`;
  return joinAbsent([
    observedFact('Model', cpu.model, (model) => model),
    observedFact('Vendor', cpu.vendor, (vendor) => vendor),
    observedFact('Sockets', cpu.sockets, format.count),
    observedFact('Physical cores', cpu.physicalCores, format.count),
    observedFact('Logical cores', cpu.logicalCores, format.count),
    observedFact('Usable here', cpu.usable, ({ cpus, limits }) => (
      <>
        {formatCpus(cpus, format)}
        <ul className={classes.lines}>
          {limits.map((limit) => (
            <li key={limit.source}>
              {formatCpus(limit.cpus, format)}: {limitNames[limit.source]}
            </li>
          ))}
        </ul>
      </>
    )),
    observedFact('Caches', cpu.caches, (caches) => (
      <ul className={classes.lines}>
        {caches.map((cache) => (
          <li key={`${cache.level} ${cache.kind} ${cache.sizeBytes}`}>{describeCache(cache, format)}</li>
        ))}
      </ul>
    )),
    observedFact('NUMA nodes', cpu.numaNodes, (nodes) => (
      <ul className={classes.lines}>
        {nodes.map((node) => (
          <li key={node.node}>{describeNode(node, format)}</li>
        ))}
      </ul>
    )),
    ...listIsaFacts(report),
    observedFact('Threads share cores', cpu.smt, yesOrNo),
    observedFact('Base clock', cpu.baseClockMHz, megahertz),
    observedFact('Highest clock', cpu.maxClockMHz, megahertz),
    observedFact('Boost', cpu.boost, (isOn) => (isOn ? 'on' : 'off')),
    observedFact('Governor', cpu.governor, (governor) => governor),
    observedFact('Microcode', cpu.microcode, (microcode) => <code>{microcode}</code>),
  ]);
}

/** A quota may be a fraction of a cpu. */
function formatCpus(cpus: number, { locale }: Format): string {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(cpus);
  return `${number} ${cpus === 1 ? 'cpu' : 'cpus'}`;
}

function describeCache({ level, kind, sizeBytes, sharedByCpus, instances }: Cache, format: Format): string {
  const shared = sharedByCpus === 1 ? 'one per cpu' : `shared by ${format.count(sharedByCpus)} cpus`;
  const count = instances === 1 ? '' : `${format.count(instances)} × `;
  return `L${level}${kind === 'unified' ? '' : ` ${kind}`}: ${count}${format.quantity(sizeBytes, 'B')}, ${shared}`;
}

function describeNode({ node, cpus, memoryBytes }: NumaNode, format: Format): string {
  const memory = memoryBytes.status === 'present' ? `, ${format.quantity(memoryBytes.value, 'B')}` : '';
  return `${node}: ${cpus.length === 0 ? 'no cpus' : `cpus ${toRanges(cpus)}`}${memory}`;
}

/** [0, 1, 2, 3, 8] is "0 to 3, 8". */
function toRanges(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers.toSorted((left, right) => left - right)) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

function listIsaFacts(report: MachineReport): ReportFact[] {
  const flags = isaFlagsOf(report);
  const withValue = (wanted: boolean): IsaFlag[] =>
    flags.filter((flag) => {
      const found = report.cpu.isa[flag];
      return found.status === 'present' && found.value === wanted;
    });
  const toFact = (name: string, some: readonly IsaFlag[]): ReportFact[] =>
    some.length === 0 ? [] : [knownFact(name, <code>{some.join(', ')}</code>)];
  return [
    ...toFact('Instruction sets', withValue(true)),
    ...toFact('Not in this processor', withValue(false)),
    ...flags
      .filter((flag) => report.cpu.isa[flag].status === 'absent')
      .map((flag) => observedFact(flag, report.cpu.isa[flag], yesOrNo)),
  ];
}
