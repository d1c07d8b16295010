import { readFileSync } from 'node:fs';
import { absent, present } from '../../../../src/shared/domain/provenance.ts';
import type { DetectionPorts } from '../../../../src/core/hardware/detection-ports.ts';
import type { SystemFiles } from '../../../../src/core/hardware/files.ts';
import { createLoadSampler } from '../../../../src/core/hardware/load-sampler.ts';

type FileTree = ReadonlyMap<string, string>;

/** Reads a fixture: lines "=== /path" start a file, everything before the first one is a comment. */
export function readMachine(name: string): Map<string, string> {
  const content = readFileSync(new URL(`../../../fixtures/hardware/${name}.txt`, import.meta.url), 'utf8');
  const files = new Map<string, string>();
  for (const section of content.split(/^=== /m).slice(1)) {
    const end = section.indexOf('\n');
    files.set(section.slice(0, end).trim(), section.slice(end + 1));
  }
  return files;
}

/** A machine that has these files and no others. */
function createTreeFiles(tree: FileTree): SystemFiles {
  return {
    read: (path) => {
      const content = tree.get(path)?.trim();
      return Promise.resolve(content ? present(content) : absent(`${path} does not exist on this system`));
    },
    list: (path) => {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const names = new Set<string>();
      for (const file of tree.keys()) {
        const name = file.startsWith(prefix) ? file.slice(prefix.length).split('/')[0] : undefined;
        if (name) names.add(name);
      }
      return Promise.resolve(
        names.size > 0 ? present([...names].sort()) : absent(`${path} does not exist on this system`),
      );
    },
  };
}

/** Ports of a Linux machine with these files, no NVIDIA driver, no programs, and an idle processor. */
export function createMachinePorts(tree: FileTree, changes: Partial<DetectionPorts> = {}): DetectionPorts {
  let idle = 0;
  const untold = absent('not part of this machine');
  return {
    platform: 'linux',
    arch: 'x64',
    environment: {},
    files: createTreeFiles(tree),
    openNvml: () =>
      Promise.resolve(absent('the NVIDIA management library could not be loaded', 'Install the NVIDIA driver.')),
    run: (command) => Promise.resolve(absent(`${command} is not installed`)),
    listAdapters: () => Promise.resolve([]),
    node: {
      parallelism: 8,
      totalMemoryBytes: 16 * 1024 ** 3,
      freeMemoryBytes: 2 * 1024 ** 3,
      availableMemoryBytes: 9 * 1024 ** 3,
      systemVersion: 'Version 26.1',
      kernelRelease: '25.1.0',
    },
    libraryCpu: () => Promise.resolve(untold),
    libraryIsVirtual: () => Promise.resolve(untold),
    libraryPowerSource: () => Promise.resolve(untold),
    windowsFeature: () => Promise.resolve(untold),
    loadSampler: createLoadSampler({
      platform: 'linux',
      readProc: (path) =>
        path === '/proc/stat' ? `cpu  0 0 0 ${(idle += 100)} 0 0 0 0 0 0` : '1 (a) R 1 1 1 1 1 1 1 1 1 1 0 0',
      cpuTimes: () => [],
      ownPid: 1,
      ownTimeMs: () => 0,
    }),
    loadWindowMs: 1,
    now: () => new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
}
