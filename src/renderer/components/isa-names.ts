import type { IsaFlag, MachineReport } from '../../shared/domain/machine.ts';

/** Each group names one capability, the most telling flag first; later groups matter less to neural networks. */
const x64Groups: readonly (readonly (readonly [IsaFlag, string])[])[] = [
  [
    ['amx_int8', 'AMX'],
    ['amx_bf16', 'AMX'],
  ],
  [
    ['avx512_vnni', 'AVX-512 VNNI'],
    ['avx_vnni', 'AVX VNNI'],
    ['avx512f', 'AVX-512'],
    ['avx2', 'AVX2'],
    ['avx', 'AVX'],
    ['sse4_2', 'SSE4.2'],
  ],
];
const armGroups: typeof x64Groups = [
  [['sve', 'SVE']],
  [['i8mm', 'I8MM']],
  [['bf16', 'BF16']],
  [['asimddp', 'dot product']],
  [['neon', 'NEON']],
];

const armFlags: readonly IsaFlag[] = ['neon', 'asimddp', 'i8mm', 'bf16', 'sve'];

/** The flags that a processor of this architecture can have. */
export function isaFlagsOf({ cpu, operatingSystem }: MachineReport): IsaFlag[] {
  const isArm = operatingSystem.arch.startsWith('arm');
  return (Object.keys(cpu.isa) as IsaFlag[]).filter((flag) => armFlags.includes(flag) === isArm);
}

/** The instruction sets that decide how fast neural networks run here, e.g. ["AMX", "AVX-512 VNNI"]. */
export function describeIsa({ cpu, operatingSystem }: MachineReport): string[] {
  const groups = operatingSystem.arch.startsWith('arm') ? armGroups : x64Groups;
  const has = (flag: IsaFlag): boolean => {
    const found = cpu.isa[flag];
    return found.status === 'present' && found.value;
  };
  return groups.flatMap((group) => group.find(([flag]) => has(flag))?.[1] ?? []);
}
