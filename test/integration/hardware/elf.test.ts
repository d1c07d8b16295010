import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readElf, readRuntimeVersion } from '../../../src/core/hardware/elf.ts';
import { describeGpuRequirements } from '../../../src/core/hardware/gpu-requirements.ts';
import { buildElf } from '../../unit/hardware/support/packages.ts';

const runtimeRoot = new URL('../../../node_modules/onnxruntime-node/', import.meta.url);
const runtime = (arch: string) => fileURLToPath(new URL(`bin/napi-v6/linux/${arch}/libonnxruntime.so.1`, runtimeRoot));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'elf-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the library of ONNX Runtime for Linux', () => {
  it('is read without being loaded', async () => {
    const elf = await readElf(runtime('x64'));
    expect(elf).toMatchObject({
      value: { machine: 'x64', isShared: true, soname: 'libonnxruntime.so.1', runPaths: ['$ORIGIN'] },
    });
    expect(elf.status === 'present' && elf.value.needed).toContain('libstdc++.so.6');
    expect(await readElf(runtime('arm64'))).toMatchObject({ value: { machine: 'arm64' } });
  });

  it('tells the version that its package states', async () => {
    const manifest = JSON.parse(await readFile(new URL('package.json', runtimeRoot), 'utf8')) as { version: string };
    expect(await readRuntimeVersion(runtime('x64'))).toBe(manifest.version);
  });
});

describe('a damaged or foreign file', () => {
  it.each([
    ['text', () => Buffer.from('#!/bin/sh\n'.repeat(20))],
    ['nothing', () => Buffer.alloc(0)],
    ['a library cut short', () => buildElf({ needed: ['libc.so.6'], padding: 4096 }).subarray(0, 2048)],
    ['a 32-bit library', () => buildElf().fill(1, 4, 5)],
  ])('is refused with a reason: %s', async (_what, build) => {
    const path = join(root, 'file');
    await writeFile(path, build());
    expect(await readElf(path)).toMatchObject({ status: 'absent' });
  });

  it('has no version when it carries none, also where the mark lies across two chunks of reading', async () => {
    const path = join(root, 'library');
    await writeFile(path, Buffer.alloc(3 * 1024 ** 2));
    expect(await readRuntimeVersion(path)).toBeNull();
    const mark = Buffer.alloc(2 * 1024 ** 2);
    mark.write('VERS_1.30.0', 1024 ** 2 - 6, 'latin1');
    await writeFile(path, mark);
    expect(await readRuntimeVersion(path)).toBe('1.30.0');
  });
});

/** A loader cache in glibc's format, 1.1. */
function buildLoaderCache(libraries: { name: string; path: string; architecture: number }[]): Buffer {
  const stringsAt = 48 + libraries.length * 24;
  let strings = '';
  const entries = libraries.map(({ name, path, architecture }) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE((architecture << 8) | 3, 0);
    entry.writeUInt32LE(stringsAt + strings.length, 4);
    strings += `${name}\0`;
    entry.writeUInt32LE(stringsAt + strings.length, 8);
    strings += `${path}\0`;
    return entry;
  });
  const header = Buffer.alloc(48);
  header.write('glibc-ld.so.cache1.1', 'latin1');
  header.writeUInt32LE(libraries.length, 20);
  return Buffer.concat([header, ...entries, Buffer.from(strings, 'latin1')]);
}

describe('the cache of the loader', () => {
  it('finds a library for x64 and passes over one of another processor', async () => {
    await writeFile(join(root, 'libcudart-real'), '');
    await writeFile(
      join(root, 'libonnxruntime_providers_cuda.so'),
      buildElf({ needed: ['libcudart.so.12', 'libcufft.so.11'] }),
    );
    const cachePath = join(root, 'ld.so.cache');
    await writeFile(
      cachePath,
      buildLoaderCache([
        { name: 'libcudart.so.12', path: join(root, 'libcudart-real'), architecture: 3 },
        { name: 'libcufft.so.11', path: join(root, 'libcudart-real'), architecture: 10 },
      ]),
    );
    const requirements = await describeGpuRequirements(root, {
      environment: {},
      cachePath,
      defaultDirs: [],
      usualDirs: [],
    });
    const libraries = requirements.status === 'incomplete' ? requirements.libraries : [];
    expect(libraries.map(({ name, path }) => [name, path])).toEqual([
      ['libcudart.so.12', join(root, 'libcudart-real')],
      ['libcufft.so.11', null],
    ]);
  });
});
