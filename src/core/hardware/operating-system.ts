import { absent, present } from '../../shared/domain/provenance.ts';
import type { OperatingSystem } from '../../shared/domain/machine.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { firstPresent, parseObserved } from './files.ts';
import type { SystemFiles } from './files.ts';

/** Distribution from os-release(5) and the kernel's release. */
export async function readLinuxSystem(files: SystemFiles, arch: string): Promise<OperatingSystem> {
  const [etc, usr, release] = await Promise.all([
    files.read('/etc/os-release'),
    files.read('/usr/lib/os-release'),
    files.read('/proc/sys/kernel/osrelease'),
  ]);
  return {
    platform: 'linux',
    arch,
    distribution: parseObserved(firstPresent(etc, usr), parsePrettyName, 'os-release has no PRETTY_NAME'),
    kernel: release,
  };
}

/** Version of macOS or Windows as Node tells it. */
export function toPortableSystem(platform: string, arch: string, version: string, release: string): OperatingSystem {
  return {
    platform,
    arch,
    distribution: version === '' ? absent('the system does not tell its version') : present(version),
    kernel: release === '' ? absent('the system does not tell its kernel') : present(release),
  };
}

function parsePrettyName(content: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m
    .exec(content)?.[1]
    ?.trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  return value === undefined || value === '' ? null : value;
}

/** Mains or battery, from the kernel's power supplies. A server or virtual machine has none to tell of. */
export async function readLinuxPowerSource(files: SystemFiles): Promise<Observed<'mains' | 'battery'>> {
  const directory = '/sys/class/power_supply';
  const names = await files.list(directory);
  if (names.status === 'absent') return names;
  let hasBattery = false;
  let isDischarging = false;
  let mainsOnline: boolean | null = null;
  for (const name of names.value) {
    const [type, online, status, scope] = await Promise.all(
      ['type', 'online', 'status', 'scope'].map((leaf) => files.read(`${directory}/${name}/${leaf}`)),
    );
    // Batteries of mice and keyboards have the scope "Device".
    if (type?.status !== 'present' || (scope?.status === 'present' && scope.value === 'Device')) continue;
    if (type.value === 'Battery') {
      hasBattery = true;
      isDischarging ||= status?.status === 'present' && status.value === 'Discharging';
    } else if (online?.status === 'present') {
      mainsOnline = mainsOnline === true || online.value === '1';
    }
  }
  if (mainsOnline === true) return present('mains');
  if (hasBattery) return present(mainsOnline === false || isDischarging ? 'battery' : 'mains');
  if (mainsOnline === false) return absent('a mains adapter is listed as offline and no battery is listed');
  return absent('this machine lists no battery and no mains adapter, as servers and virtual machines do');
}
