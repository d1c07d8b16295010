import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

interface Lock {
  packages: Record<string, { integrity?: string; link?: boolean; hasInstallScript?: boolean; optional?: boolean }>;
}

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as Lock;
const direct = { ...manifest.dependencies, ...manifest.devDependencies };

describe('dependencies', () => {
  it('are each explained in the decision record, and no other is', () => {
    const rows = read('docs/adr/0002-dependencies.md').matchAll(/^\| `([^`]+)` +\|/gm);
    const explained = [...rows].map(([, name]) => name);
    expect(explained.toSorted()).toEqual(Object.keys(direct).toSorted());
  });

  it('are pinned to one version', () => {
    const loose = Object.entries(direct).filter(([, version]) => !/^(\d+\.\d+\.\d+|file:.+)$/.test(version));
    expect(loose).toEqual([]);
  });

  it('carry an integrity hash in the lock file', () => {
    const unhashed = Object.entries(lock.packages)
      .filter(
        ([path, { integrity, link }]) => path.includes('node_modules/') && integrity === undefined && link !== true,
      )
      .map(([path]) => path);
    expect(unhashed).toEqual([]);
  });

  it('are installed without running their scripts', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });
});
