import { isaFlagSchema } from '../../shared/domain/machine.ts';
import type { IsaFlag } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { readCpuinfo } from './cpuinfo.ts';
import type { Cpuinfo } from './cpuinfo.ts';

export type IsaReport = Record<IsaFlag, Observed<boolean>>;

const ARM_FLAGS: ReadonlySet<IsaFlag> = new Set(['neon', 'asimddp', 'i8mm', 'bf16', 'sve']);
/** Where Linux spells a flag in more than one way. */
const LINUX_SPELLINGS: Partial<Record<IsaFlag, string[]>> = { neon: ['asimd', 'neon'] };

/** Builds a report by asking `decide` for each flag of the list. */
function toIsaReport(decide: (flag: IsaFlag) => Observed<boolean>): IsaReport {
  return Object.fromEntries(isaFlagSchema.options.map((flag) => [flag, decide(flag)])) as IsaReport;
}

/** Instruction sets from /proc/cpuinfo: the kernel lists those that it also lets programs use. */
export function readLinuxIsa(cpuinfo: Observed<Cpuinfo>): IsaReport {
  const listed = readCpuinfo(cpuinfo, 'flags', 'features');
  if (listed.status === 'absent') return toIsaReport(() => listed);
  const flags = new Set(listed.value.split(/\s+/));
  return toIsaReport((flag) => present((LINUX_SPELLINGS[flag] ?? [flag]).some((spelling) => flags.has(spelling))));
}

/** Names under which macOS tells of each extension; Apple sells no processor with AMX of Intel or with SVE. */
const DARWIN_KEYS: Partial<Record<IsaFlag, string>> = {
  sse4_2: 'hw.optional.sse4_2',
  avx: 'hw.optional.avx1_0',
  avx2: 'hw.optional.avx2_0',
  fma: 'hw.optional.fma',
  f16c: 'hw.optional.f16c',
  avx512f: 'hw.optional.avx512f',
  neon: 'hw.optional.AdvSIMD',
  asimddp: 'hw.optional.arm.FEAT_DotProd',
  i8mm: 'hw.optional.arm.FEAT_I8MM',
  bf16: 'hw.optional.arm.FEAT_BF16',
  sve: 'hw.optional.arm.FEAT_SVE',
};

/** Instruction sets from the output of `sysctl -a` as a map; a key that is missing means "not supported" to macOS. */
export function readDarwinIsa(sysctl: Observed<ReadonlyMap<string, string>>, arch: string): IsaReport {
  if (sysctl.status === 'absent') return toIsaReport(() => sysctl);
  return toIsaReport((flag) => {
    if (ARM_FLAGS.has(flag) !== (arch === 'arm64')) return present(false);
    const key = DARWIN_KEYS[flag];
    if (key === undefined) return absent(`macOS has no setting that tells of ${flag}`);
    return present(sysctl.value.get(key) === '1');
  });
}

/** Numbers of IsProcessorFeaturePresent (winnt.h). */
const WINDOWS_FEATURES: Partial<Record<IsaFlag, number>> = {
  sse4_2: 38,
  avx: 39,
  avx2: 40,
  avx512f: 41,
  neon: 19,
  asimddp: 43,
  sve: 46,
  i8mm: 66,
  bf16: 68,
};
/** Numbers above this one came with Windows 11; an older system answers "no" to what it does not know. */
const LAST_FEATURE_OF_WINDOWS_10 = 43;

/**
 * Instruction sets from Windows, which tells of few. `isPresent` calls IsProcessorFeaturePresent; null when it could
 * not be reached.
 */
export function readWindowsIsa(isPresent: Observed<(feature: number) => boolean>, arch: string): IsaReport {
  if (isPresent.status === 'absent') return toIsaReport(() => isPresent);
  return toIsaReport((flag) => {
    if (ARM_FLAGS.has(flag) !== (arch === 'arm64')) return present(false);
    const feature = WINDOWS_FEATURES[flag];
    if (feature === undefined) return absent(`Windows does not tell whether the processor has ${flag}`);
    if (isPresent.value(feature)) return present(true);
    return feature > LAST_FEATURE_OF_WINDOWS_10
      ? absent(`this version of Windows may not know ${flag}, and so its "no" means little`)
      : present(false);
  });
}
