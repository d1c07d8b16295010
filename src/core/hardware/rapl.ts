import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { SystemFiles } from './files.ts';

const folder = '/sys/class/powercap';
/** Where the counter begins anew is told in microjoules, as is the counter. */
const MICRO = 1e-6;

/** Energy that processors or their memory have taken, added up over the sockets of this machine. */
export interface EnergyCounter {
  zones: number;
  /** Joules since it was opened; null where a counter does not answer. */
  readJ(): Promise<number | null>;
}

type Domain = 'package' | 'dram';

/**
 * The counters of the running average power limit (Intel, AMD) that the kernel shows. They wrap around, at 262 kJ on many
 * processors, so they have to be read more often than that takes.
 */
export async function openRapl(files: SystemFiles, domain: Domain): Promise<Observed<EnergyCounter>> {
  const zones = await findZones(files, domain);
  if (zones.length === 0) return absent(toMissingReason(domain), 'On a physical machine, load intel_rapl_msr.');
  const counters: Counter[] = [];
  for (const zone of zones) {
    const counter = await openCounter(files, zone);
    if (counter.status === 'absent') return counter;
    counters.push(counter.value);
  }
  return present({
    zones: counters.length,
    async readJ() {
      const taken = await Promise.all(counters.map((counter) => counter.advance()));
      return taken.includes(null) ? null : taken.reduce<number>((sum, one) => sum + (one ?? 0), 0) * MICRO;
    },
  });
}

function toMissingReason(domain: Domain): string {
  const what = domain === 'package' ? 'the processor' : 'the memory';
  return `this kernel shows no energy counter of ${what} (RAPL), as in virtual machines`;
}

/** Zones of sockets are intel-rapl:0, those below them intel-rapl:0:1; intel-rapl-mmio counts the same once more. */
async function findZones(files: SystemFiles, domain: Domain): Promise<string[]> {
  const names = await files.list(folder);
  if (names.status === 'absent') return [];
  const depth = domain === 'package' ? /^intel-rapl:\d+$/ : /^intel-rapl:\d+:\d+$/;
  const zones: string[] = [];
  for (const name of names.value.filter((one) => depth.test(one))) {
    const label = await files.read(`${folder}/${name}/name`);
    if (label.status === 'present' && label.value.replace(/-\d+$/, '') === domain) zones.push(`${folder}/${name}`);
  }
  return zones;
}

interface Counter {
  /** Microjoules since it was opened. */
  advance(): Promise<number | null>;
}

async function openCounter(files: SystemFiles, zone: string): Promise<Observed<Counter>> {
  const path = `${zone}/energy_uj`;
  const first = await files.read(path);
  if (first.status === 'absent') {
    return first.reason.includes('may not read')
      ? absent(
          'only root may read the energy counter of the processor (RAPL)',
          `Allow it until the next start with: sudo chmod a+r ${folder}/intel-rapl:*/energy_uj.`,
        )
      : first;
  }
  let last = parseCount(first.value);
  if (last === null) return absent(`${path} cannot be understood`);
  const range = await files.read(`${zone}/max_energy_range_uj`);
  const rangeUj = range.status === 'present' ? parseCount(range.value) : null;
  let taken = 0;
  return present({
    async advance() {
      const content = await files.read(path);
      const count = content.status === 'present' ? parseCount(content.value) : null;
      if (count === null || last === null) return null;
      if (count < last && rangeUj === null) {
        // It has begun anew, and nothing tells where: no sum over this moment is known.
        last = null;
        return null;
      }
      taken += count >= last ? count - last : count - last + (rangeUj ?? 0);
      last = count;
      return taken;
    },
  });
}

/** 0 is a count like any other: it is what follows the wrap-around. */
function parseCount(content: string): number | null {
  return /^\d+$/.test(content) ? Number(content) : null;
}
