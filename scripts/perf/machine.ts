import { execFileSync } from 'node:child_process';
import { detectMachine } from '../../src/core/hardware/detect-machine.ts';
import { packageRoot } from '../../src/core/resources.ts';
import type { Observed } from '../../src/shared/domain/provenance.ts';

/** What the figures were measured on, without anything that tells whose machine it is. */
export async function describeMachine(): Promise<{ machine: string; otherLoad: string }> {
  const { cpu, memory, operatingSystem, virtualization, load } = await detectMachine();
  const virtual = virtualization.virtualMachine;
  const parts = [
    orElse(cpu.model, 'processor unknown', String),
    `${orElse(cpu.logicalCores, 'an unknown number of', String)} logical cores, ${orElse(cpu.usable, 'unknown', ({ cpus }) => String(cpus))} usable`,
    orElse(memory.totalBytes, 'memory unknown', (bytes) => `${Math.round(bytes / 2 ** 30)} GiB of memory`),
    `${orElse(operatingSystem.distribution, operatingSystem.platform, String)} (${operatingSystem.arch})`,
    orElse(virtual, 'virtual or not unknown', ({ detected, name }) =>
      detected ? `virtual machine (${name ?? 'hypervisor unknown'})` : 'no virtual machine',
    ),
    `Node ${process.versions.node}`,
  ];
  const otherLoad = orElse(load.otherShare, 'an unknown share', (share) => `${Math.round(100 * share)} %`);
  return { machine: parts.join(', '), otherLoad };
}

function orElse<T>(observed: Observed<T>, otherwise: string, format: (value: T) => string): string {
  return observed.status === 'present' ? format(observed.value) : otherwise;
}

/** Short hash of the commit that is checked out, marked when files differ from it. */
export function describeCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    // The page and its data change by being written.
    const changes = git('status', '--porcelain', '--', '.', ':!docs/performance.md', ':!docs/performance.json');
    return `${git('rev-parse', '--short', 'HEAD')}${changes === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
