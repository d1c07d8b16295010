import type { Cpu } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { IsaReport } from './isa.ts';
import { toUsable } from './usable-cpus.ts';

/** What a general system library tells of the processor; 0 and '' stand for "not told". */
export interface LibraryCpu {
  manufacturer: string;
  brand: string;
  /** GHz. */
  speed: number;
  speedMax: number;
  cores: number;
  physicalCores: number;
  processors: number;
}

const UNTOLD = 'this system does not tell it without administrator rights or extra tools';

/** The processor on Windows and other systems without /proc or sysctl of macOS. */
export function toPortableCpu(library: Observed<LibraryCpu>, isa: IsaReport, parallelism: number): Cpu {
  const read = <T extends string | number>(pick: (cpu: LibraryCpu) => T): Observed<T> => {
    if (library.status === 'absent') return library;
    const value = pick(library.value);
    return value === '' || value === 0 ? absent(UNTOLD) : present(value);
  };
  const physicalCores = read((cpu) => cpu.physicalCores);
  const logicalCores = read((cpu) => cpu.cores);
  return {
    model: read((cpu) => [cpu.manufacturer, cpu.brand].filter((word) => word !== '').join(' ')),
    vendor: read((cpu) => cpu.manufacturer),
    sockets: read((cpu) => cpu.processors),
    physicalCores,
    logicalCores,
    usable: toUsable([{ source: 'system', cpus: parallelism }]),
    caches: absent('the sharing of caches is read on Linux and macOS only'),
    numaNodes: absent('NUMA nodes are read on Linux only'),
    isa,
    microcode: absent(UNTOLD),
    baseClockMHz: read((cpu) => Math.round(cpu.speed * 1000)),
    maxClockMHz: read((cpu) => Math.round(cpu.speedMax * 1000)),
    governor: absent('this system has power plans and no governors'),
    boost: absent(UNTOLD),
    smt:
      physicalCores.status === 'present' && logicalCores.status === 'present'
        ? present(logicalCores.value > physicalCores.value)
        : absent(UNTOLD),
  };
}
