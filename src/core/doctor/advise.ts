import type { Harness } from '../../shared/domain/measurement.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import { formatQuantity } from '../../shared/units.ts';
import { hasNvidiaGpu } from '../engine-client/explain-without-nvidia.ts';
import { isUntried } from '../engine-client/probe-provider.ts';

/** Something that keeps measurements from being possible ("blocking") or good ("advice"). */
export interface Problem {
  subject: string;
  severity: 'blocking' | 'advice';
  message: string;
  remedy: string | null;
}

/** The limits of docs/method/measurement.md (validity), applied before anything is measured. */
const stealLimit = 0.01;
const otherLoadLimit = 0.05;
/** A hundred steps of a coarser clock are longer than the inferences of small models. */
const coarseClockNs = 1000;

function advice(subject: string, message: string, remedy: string | null): Problem {
  return { subject, severity: 'advice', message, remedy };
}

function valueOf<T>(observed: Observed<T>): T | null {
  return observed.status === 'present' ? observed.value : null;
}

function percent(share: number): string {
  return formatQuantity(share, 'ratio').text;
}

/** What on this machine would disturb a measurement now. */
export function adviseOnMachine(machine: MachineReport): Problem[] {
  const { cpu, load } = machine;
  const problems: Problem[] = [];
  const governor = valueOf(cpu.governor);
  if (governor !== null && governor !== 'performance') {
    problems.push(
      advice(
        'governor',
        `The scaling governor is "${governor}", so the clock follows the load.`,
        'Set it to "performance" while measuring, for example with cpupower frequency-set -g performance.',
      ),
    );
  }
  if (valueOf(cpu.boost) === true) {
    problems.push(
      advice(
        'boost',
        'The processor may boost its clock, which falls again as it warms up.',
        'Prefer the standard grade, whose minute of measuring shows the sustained speed.',
      ),
    );
  }
  if (valueOf(machine.powerSource) === 'battery') {
    problems.push(advice('power', 'The machine runs on battery.', 'Plug in the power supply before measuring.'));
  }
  const quota = valueOf(cpu.usable)?.limits.find(({ source }) => source === 'cgroup-quota');
  if (quota !== undefined) {
    problems.push(
      advice(
        'processor quota',
        `The container may use ${quota.cpus} processors' worth of time and is stopped when it is used up.`,
        'Give the container whole processors (--cpuset-cpus) instead of a share of time.',
      ),
    );
  }
  const stolen = valueOf(load.stealShare);
  if (stolen !== null && stolen > stealLimit) {
    problems.push(
      advice(
        'stolen time',
        `The hypervisor gives ${percent(stolen)} of the processor time to others.`,
        'Measure on a dedicated machine or at a quieter time.',
      ),
    );
  }
  const others = valueOf(load.otherShare);
  if (others !== null && others > otherLoadLimit) {
    problems.push(
      advice('load', `Other programs use ${percent(others)} of the processor time.`, 'Close them before measuring.'),
    );
  }
  return problems;
}

/** Providers that stand in the way, and those that promise more than they are. */
export function adviseOnProviders(providers: readonly ProviderReport[], machine: MachineReport): Problem[] {
  return providers.flatMap((report): Problem[] => {
    if (isUntried(report)) return [];
    const { id, name, status } = report;
    if (status.status === 'available') {
      if (status.software !== true) return [];
      return [
        advice(
          id,
          `${name} computes on the processor here: ${status.device} is no graphics hardware.`,
          'Do not take its numbers for those of a GPU.',
        ),
      ];
    }
    const message = `${name} does not work: ${status.reason.replace(/\.$/, '')}.`;
    if (id === 'cpu') return [{ subject: id, severity: 'blocking', message, remedy: status.remedy }];
    return hasNvidiaGpu(machine) && id === 'cuda' ? [advice(id, message, status.remedy)] : [];
  });
}

/** Whether the clock resolves what is to be measured. */
export function adviseOnClock({ clockResolutionNs }: Harness): Problem[] {
  if (clockResolutionNs <= coarseClockNs) return [];
  return [
    advice(
      'clock',
      `The clock moves in steps of ${clockResolutionNs} ns, too coarse for small models.`,
      'Measure larger batches, so that a query takes at least a hundred steps.',
    ),
  ];
}
