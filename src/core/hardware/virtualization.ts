import type { Virtualization } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { readCpuinfo } from './cpuinfo.ts';
import type { Cpuinfo } from './cpuinfo.ts';
import type { SystemFiles } from './files.ts';

/** Words in the machine's DMI names, as hypervisors write them, in order of checking. */
const DMI_NAMES: [RegExp, string][] = [
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/microsoft corporation.*virtual machine|hyper-v/i, 'Hyper-V'],
  [/google compute engine/i, 'Google Compute Engine'],
  [/amazon ec2/i, 'Amazon EC2'],
  [/parallels/i, 'Parallels'],
  [/apple virtualization/i, 'Apple Virtualization'],
  [/openstack/i, 'OpenStack'],
  [/digitalocean/i, 'DigitalOcean'],
  [/alibaba cloud/i, 'Alibaba Cloud'],
  [/bochs/i, 'Bochs'],
  [/xen/i, 'Xen'],
  [/qemu|\bkvm\b/i, 'QEMU/KVM'],
];

/** Whether Linux runs in a virtual machine or a container; `environment` is this process's. */
export async function readVirtualization(
  files: SystemFiles,
  cpuinfo: Observed<Cpuinfo>,
  environment: Record<string, string | undefined>,
): Promise<Virtualization> {
  const [virtualMachine, container] = await Promise.all([
    readVirtualMachine(files, cpuinfo),
    readContainer(files, environment),
  ]);
  return { virtualMachine, container };
}

async function readVirtualMachine(
  files: SystemFiles,
  cpuinfo: Observed<Cpuinfo>,
): Promise<Virtualization['virtualMachine']> {
  const [vendor, product, board, xen, tree] = await Promise.all([
    files.read('/sys/class/dmi/id/sys_vendor'),
    files.read('/sys/class/dmi/id/product_name'),
    files.read('/sys/class/dmi/id/bios_vendor'),
    files.read('/sys/hypervisor/type'),
    files.read('/proc/device-tree/hypervisor/compatible'),
  ]);
  const evidence: string[] = [];
  const flags = readCpuinfo(cpuinfo, 'flags');
  const hasFlag = flags.status === 'present' && flags.value.split(' ').includes('hypervisor');
  if (hasFlag) evidence.push('the processor announces a hypervisor');
  const dmi = [vendor, product, board].flatMap((entry) => (entry.status === 'present' ? [entry.value] : [])).join(' ');
  let name: string | null = null;
  // A bare-metal cloud machine carries its provider's name in DMI too; its processor then announces no hypervisor.
  const isMetal = /\bmetal\b/i.test(product.status === 'present' ? product.value : '');
  const named = isMetal ? undefined : DMI_NAMES.find(([pattern]) => pattern.test(dmi));
  if (named && (hasFlag || flags.status === 'absent')) {
    name = named[1];
    evidence.push(`DMI names ${name}`);
  }
  if (xen.status === 'present') {
    name ??= 'Xen';
    evidence.push(`/sys/hypervisor/type is ${xen.value}`);
  }
  if (tree.status === 'present') evidence.push(`the device tree names the hypervisor ${tree.value}`);
  if (evidence.length > 0) return present({ detected: true, name, evidence });
  if (flags.status === 'absent' && dmi === '') {
    return absent('neither the processor nor DMI tells whether this is a virtual machine');
  }
  return present({ detected: false, name: null, evidence: [] });
}

/** gVisor answers for the kernel itself and always as this one build. */
const GVISOR_VERSION = 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016';

const CGROUP_NAMES: [RegExp, string][] = [
  [/kubepods/, 'Kubernetes'],
  [/docker/, 'Docker'],
  [/libpod/, 'Podman'],
  [/\blxc\b|lxc\.payload/, 'LXC'],
  [/containerd|cri-/, 'containerd'],
];

async function readContainer(
  files: SystemFiles,
  environment: Record<string, string | undefined>,
): Promise<Virtualization['container']> {
  const [root, run, cgroup, systemd, version] = await Promise.all([
    files.list('/'),
    files.list('/run'),
    files.read('/proc/1/cgroup'),
    files.read('/run/systemd/container'),
    files.read('/proc/version'),
  ]);
  if (version.status === 'absent' && cgroup.status === 'absent' && root.status === 'absent') {
    return absent('this system has no /proc, and so nothing tells of a container');
  }
  const found: [string, string][] = [];
  if (version.status === 'present' && version.value.startsWith(GVISOR_VERSION)) {
    found.push(['gVisor', '/proc/version is that of gVisor']);
  }
  if (environment.KUBERNETES_SERVICE_HOST) found.push(['Kubernetes', 'KUBERNETES_SERVICE_HOST is set']);
  if (root.status === 'present' && root.value.includes('.dockerenv')) found.push(['Docker', '/.dockerenv exists']);
  if (run.status === 'present' && run.value.includes('.containerenv'))
    found.push(['Podman', '/run/.containerenv exists']);
  if (systemd.status === 'present') found.push([systemd.value, `/run/systemd/container says ${systemd.value}`]);
  const named = cgroup.status === 'present' ? CGROUP_NAMES.find(([pattern]) => pattern.test(cgroup.value)) : undefined;
  if (named) found.push([named[1], `/proc/1/cgroup names ${named[1]}`]);
  return present({
    detected: found.length > 0,
    name: found[0]?.[0] ?? null,
    evidence: found.map(([, evidence]) => evidence),
  });
}
