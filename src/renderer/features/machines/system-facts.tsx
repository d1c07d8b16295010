import type { MachineReport, Virtualization } from '../../../shared/domain/machine.ts';
import type { Fact } from '../../components/facts.tsx';
import type { Format } from '../../components/use-format.ts';
import { joinAbsent, knownFact, observedFact } from './observed-fact.tsx';

export function listMemoryFacts({ memory }: MachineReport, format: Format): Fact[] {
  const bytes = (value: number): string => format.quantity(value, 'B');
  return joinAbsent([
    observedFact('In all', memory.totalBytes, bytes),
    observedFact('Available', memory.availableBytes, bytes),
    observedFact('Limit', memory.limitBytes, bytes),
    observedFact('Usable here', memory.usableBytes, bytes),
    observedFact('Swap', memory.swapTotalBytes, (total) => (total === 0 ? 'none' : bytes(total))),
    ...(memory.swapTotalBytes.status === 'present' && memory.swapTotalBytes.value === 0
      ? []
      : [observedFact('Swap free', memory.swapFreeBytes, bytes)]),
  ]);
}

export function listSystemFacts(report: MachineReport, format: Format): Fact[] {
  const { operatingSystem, virtualization, load, powerSource } = report;
  const { platform, arch, distribution, kernel } = operatingSystem;
  const share = (value: number): string => format.quantity(value, 'ratio');
  return joinAbsent([
    knownFact('Platform', `${platform} ${arch}`),
    observedFact('Distribution', distribution, (name) => name),
    observedFact('Kernel', kernel, (version) => <code>{version}</code>),
    observedFact('Virtual machine', virtualization.virtualMachine, describeDetected),
    observedFact('Container', virtualization.container, describeDetected),
    observedFact('Power', powerSource, (source) => source),
    observedFact(`Load by others, ${format.count(load.windowMs)} ms`, load.otherShare, share),
    observedFact(`Stolen time, ${format.count(load.windowMs)} ms`, load.stealShare, share),
  ]);
}

type Detected = Extract<Virtualization['container'], { status: 'present' }>['value'];

function describeDetected({ detected, name, evidence }: Detected): string {
  if (!detected) return 'no';
  return `${name ?? 'yes, of unknown kind'} (${evidence.join(', ')})`;
}
