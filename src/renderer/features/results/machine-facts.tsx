import { useQuery } from '@tanstack/react-query';
import { machineReportSchema, type MachineReport } from '../../../shared/domain/machine.ts';
import type { Sha256 } from '../../../shared/domain/ids.ts';
import type { Observed } from '../../../shared/domain/provenance.ts';
import { Facts, ObservedValue, type Fact } from '../../components/facts.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';

/** The machine as it was detected when the result was measured. */
export function MachineFacts({ sha256, fingerprint }: { sha256: Sha256; fingerprint: Sha256 }) {
  const format = useFormat();
  const { data, error } = useQuery(api.machine.get.queryOptions({ input: { sha256 } }));
  if (error !== null) return <FailureNote error={error} />;
  if (data === undefined) return <Loading what="Reading the machine." />;
  // A report of an older or newer version is shown by its hashes only.
  const report = machineReportSchema.safeParse(data.report);
  return (
    <Facts
      facts={[
        ...(report.success ? describeMachine(report.data, format) : []),
        { name: 'Fingerprint', value: <code>{fingerprint}</code> },
        { name: 'Report', value: <code>{sha256}</code> },
      ]}
    />
  );
}

function describeMachine(report: MachineReport, { count, quantity, time }: Format): Fact[] {
  const { cpu, memory, gpus, operatingSystem, virtualization, powerSource } = report;
  const observed = <T,>(name: string, value: Observed<T>, write: (one: T) => string): Fact => ({
    name,
    value: <ObservedValue observed={value}>{write}</ObservedValue>,
  });
  return [
    observed('Processor', cpu.model, (model) => model),
    observed('Cores', cpu.physicalCores, count),
    observed('Usable processors', cpu.usable, ({ cpus }) => String(cpus)),
    observed('Memory', memory.totalBytes, (bytes) => quantity(bytes, 'B')),
    observed('GPUs', gpus, (all) => all.map(({ name }) => name).join(', ')),
    observed('System', operatingSystem.distribution, (name) => `${name}, ${operatingSystem.arch}`),
    observed('Kernel', operatingSystem.kernel, (kernel) => kernel),
    observed('Virtual machine', virtualization.virtualMachine, describeDetected),
    observed('Container', virtualization.container, describeDetected),
    observed('Governor', cpu.governor, (governor) => governor),
    observed('Power', powerSource, (source) => source),
    { name: 'Detected', value: time(report.detectedAt) },
  ];
}

function describeDetected({ detected, name }: { detected: boolean; name: string | null }): string {
  if (!detected) return 'none detected';
  return name ?? 'detected';
}
