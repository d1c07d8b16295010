import type { DisplayAdapter } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { SystemFiles } from './files.ts';

/** What a graphics library tells of one adapter; null where it tells nothing. */
export interface ReportedAdapter {
  name: string;
  vendor: string | null;
  memoryBytes: number | null;
  driverVersion: string | null;
  /** GPU cores, told on macOS. */
  cores: number | null;
  /** PCI address without its domain, e.g. "01:00.0". */
  busAddress: string | null;
}

interface PciVendor {
  name: string;
  kind: DisplayAdapter['kind'];
}

/** PCI vendor numbers of display and processing adapters. */
const PCI_VENDORS: Record<string, PciVendor> = {
  '0x10de': { name: 'NVIDIA', kind: 'graphics' },
  '0x1002': { name: 'AMD', kind: 'graphics' },
  '0x8086': { name: 'Intel', kind: 'graphics' },
  '0x1da3': { name: 'Habana Labs', kind: 'graphics' },
  '0x1a03': { name: 'ASPEED', kind: 'management' },
  '0x102b': { name: 'Matrox', kind: 'management' },
  '0x19e5': { name: 'Huawei', kind: 'management' },
  '0x1d0f': { name: 'Amazon', kind: 'virtual' },
  '0x1234': { name: 'QEMU', kind: 'virtual' },
  '0x1b36': { name: 'Red Hat', kind: 'virtual' },
  '0x1af4': { name: 'Red Hat (virtio)', kind: 'virtual' },
  '0x15ad': { name: 'VMware', kind: 'virtual' },
  '0x1414': { name: 'Microsoft', kind: 'virtual' },
  '0x80ee': { name: 'VirtualBox', kind: 'virtual' },
  '0x1013': { name: 'Cirrus Logic', kind: 'virtual' },
  '0x1ab8': { name: 'Parallels', kind: 'virtual' },
};

const MANAGEMENT_NAMES = /aspeed|matrox g200|mga g200|\bibmc\b|\bilo\b/i;
const VIRTUAL_NAMES =
  /virtual|virtio|vmware|qxl|hyper-v|basic display|basic render|remote display|indirect display|citrix|parsec|swiftshader|llvmpipe/i;

/** Display controllers (PCI class 03) and processing accelerators (class 12) on the bus, from sysfs. */
export async function readPciAdapters(files: SystemFiles): Promise<Observed<DisplayAdapter[]>> {
  const directory = '/sys/bus/pci/devices';
  const addresses = await files.list(directory);
  if (addresses.status === 'absent') return addresses;
  const adapters = await Promise.all(
    addresses.value.map(async (address): Promise<DisplayAdapter | null> => {
      const [kind, vendor, device] = await Promise.all(
        ['class', 'vendor', 'device'].map((leaf) => files.read(`${directory}/${address}/${leaf}`)),
      );
      if (kind?.status !== 'present' || !/^0x(03|12)/.test(kind.value) || vendor?.status !== 'present') return null;
      const known = PCI_VENDORS[vendor.value];
      const number = device?.status === 'present' ? device.value : 'of unknown number';
      return {
        name: `${known?.name ?? `vendor ${vendor.value}`} device ${number}`,
        vendor: present(known?.name ?? vendor.value),
        kind: known?.kind ?? 'graphics',
        busAddress: present(address),
      };
    }),
  );
  const found = adapters.filter((adapter) => adapter !== null);
  return found.length > 0 ? present(found) : absent('no display or processing adapter is on the PCI bus');
}

/** Adapters as a graphics library lists them, for systems without a readable PCI bus. */
export function toDisplayAdapters(reported: ReportedAdapter[]): Observed<DisplayAdapter[]> {
  const adapters = reported.map((adapter): DisplayAdapter => ({
    name: adapter.name,
    vendor: adapter.vendor === null ? absent('the system does not name the vendor') : present(adapter.vendor),
    kind: classifyAdapter(adapter.name),
    busAddress: adapter.busAddress === null ? absent('the system gives no bus address') : present(adapter.busAddress),
  }));
  return adapters.length > 0 ? present(adapters) : absent('the system lists no display adapter');
}

/** Gives the adapters found on the bus the names that the graphics library knows them by. */
export function nameAdapters(adapters: DisplayAdapter[], reported: ReportedAdapter[]): DisplayAdapter[] {
  return adapters.map((adapter) => {
    const { busAddress } = adapter;
    if (busAddress.status === 'absent') return adapter;
    const named = reported.find(
      (candidate) => candidate.busAddress !== null && busAddress.value.endsWith(candidate.busAddress),
    );
    return named ? { ...adapter, name: named.name } : adapter;
  });
}

function classifyAdapter(name: string): DisplayAdapter['kind'] {
  if (MANAGEMENT_NAMES.test(name)) return 'management';
  return VIRTUAL_NAMES.test(name) ? 'virtual' : 'graphics';
}
