import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allowedCpuNumbers } from '../../../src/core/measure/allowed-cpus.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'cpus-'))));
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Writes the kernel's files for a process that may use `allowed`, where `siblings` lists the threads of each core. */
function machine(allowed: string, siblings: string[]): void {
  mkdirSync(path.join(root, 'proc', 'self'), { recursive: true });
  writeFileSync(path.join(root, 'proc', 'self', 'status'), `Name:\tnode\nCpus_allowed_list:\t${allowed}\n`);
  for (const core of siblings) {
    for (const cpu of core.split(',')) {
      const topology = path.join(root, 'sys', 'devices', 'system', 'cpu', `cpu${cpu}`, 'topology');
      mkdirSync(topology, { recursive: true });
      writeFileSync(path.join(topology, 'thread_siblings_list'), `${core}\n`);
    }
  }
}

it('puts different cores first where neighbouring numbers are one core', () => {
  machine('0-5', ['0,1', '2,3', '4,5']);
  expect(allowedCpuNumbers(root)).toEqual([0, 2, 4, 1, 3, 5]);
});

it('keeps the order where the second threads come after all cores', () => {
  machine('0-3', ['0,2', '1,3']);
  expect(allowedCpuNumbers(root)).toEqual([0, 1, 2, 3]);
});

it('uses only what the process may use', () => {
  machine('1-2', ['0,1', '2,3']);
  expect(allowedCpuNumbers(root)).toEqual([1, 2]);
});

it('is empty where the system does not tell', () => {
  expect(allowedCpuNumbers(root)).toEqual([]);
});
