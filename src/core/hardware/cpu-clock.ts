import type { Cpu } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { readCpuinfo } from './cpuinfo.ts';
import type { Cpuinfo } from './cpuinfo.ts';
import { firstPresent, parseObserved, parsePositive } from './files.ts';
import type { SystemFiles } from './files.ts';
import type { Topology } from './cpu-topology.ts';

const CPUS = '/sys/devices/system/cpu';
const NO_CPUFREQ =
  'the kernel runs no frequency driver here, which is usual in a virtual machine: the host decides the clock';

/** Clocks, governor, boost and SMT as Linux tells them. The clock of the moment is left out: it is old when read. */
export async function readLinuxClock(
  files: SystemFiles,
  cpuinfo: Observed<Cpuinfo>,
  topology: Topology,
): Promise<Pick<Cpu, 'baseClockMHz' | 'maxClockMHz' | 'governor' | 'boost' | 'smt'>> {
  const frequency = `${CPUS}/cpu0/cpufreq`;
  const [base, nominal, max, governor, boost, smt] = await Promise.all([
    files.read(`${frequency}/base_frequency`),
    files.read(`${CPUS}/cpu0/acpi_cppc/nominal_freq`),
    files.read(`${frequency}/cpuinfo_max_freq`),
    readGovernors(files),
    readBoost(files),
    files.read(`${CPUS}/smt/active`),
  ]);
  return {
    baseClockMHz: firstPresent(
      parseObserved(base, parseKilohertz, NO_CPUFREQ),
      parseObserved(nominal, parsePositive, NO_CPUFREQ),
      parseObserved(readCpuinfo(cpuinfo, 'model name'), parseMarketedClock, NO_CPUFREQ),
      absent(NO_CPUFREQ),
    ),
    maxClockMHz: firstPresent(parseObserved(max, parseKilohertz, NO_CPUFREQ), absent(NO_CPUFREQ)),
    governor,
    boost,
    smt: toSmt(smt, topology),
  };
}

function parseKilohertz(value: string): number | null {
  const kilohertz = parsePositive(value);
  return kilohertz === null ? null : kilohertz / 1000;
}

/** Intel prints the base clock into the model name: "... CPU @ 2.50GHz". */
function parseMarketedClock(model: string): number | null {
  const match = /@ (\d+(?:\.\d+)?)GHz/.exec(model);
  return match ? Math.round(Number(match[1]) * 1000) : null;
}

async function readGovernors(files: SystemFiles): Promise<Observed<string>> {
  const policies = await files.list(`${CPUS}/cpufreq`);
  if (policies.status === 'absent') return absent(NO_CPUFREQ);
  const governors = new Set<string>();
  for (const policy of policies.value.filter((name) => /^policy\d+$/.test(name))) {
    const governor = await files.read(`${CPUS}/cpufreq/${policy}/scaling_governor`);
    if (governor.status === 'present') governors.add(governor.value);
  }
  return governors.size > 0 ? present([...governors].sort().join(', ')) : absent(NO_CPUFREQ);
}

async function readBoost(files: SystemFiles): Promise<Observed<boolean>> {
  const [noTurbo, boost] = await Promise.all([
    files.read(`${CPUS}/intel_pstate/no_turbo`),
    files.read(`${CPUS}/cpufreq/boost`),
  ]);
  return firstPresent(
    parseObserved(noTurbo, (value) => (value === '1' ? false : value === '0' ? true : null), NO_CPUFREQ),
    parseObserved(boost, (value) => (value === '1' ? true : value === '0' ? false : null), NO_CPUFREQ),
    absent(NO_CPUFREQ),
  );
}

function toSmt(active: Observed<string>, { logicalCores, physicalCores }: Topology): Observed<boolean> {
  if (logicalCores.status === 'present' && physicalCores.status === 'present') {
    return present(logicalCores.value > physicalCores.value);
  }
  return parseObserved(
    active,
    (value) => (value === '1' ? true : value === '0' ? false : null),
    'smt/active is not 0 or 1',
  );
}
