import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import type { RunOptions } from '../../../src/core/measure/run-ports.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';

/** False: the adapter is that of the machine, and nothing is known of it beforehand. */
export function usesSoftwareAdapter(): boolean {
  return Object.keys(inject('adapterEnvironment')).length > 0;
}

/** Starts engines that see the adapter of these tests. */
function createGpuSpawner(): SpawnEngine {
  const spawn = createNodeSpawner(engineEntryPath());
  return (options = {}) =>
    spawn({ ...options, environment: { ...inject('adapterEnvironment'), ...options.environment } });
}

export interface GpuCore extends AsyncDisposable {
  core: Core;
  folder: string;
  options: RunOptions;
}

/** A core in a folder of its own, whose engines see the adapter of these tests. */
export async function openGpuCore(): Promise<GpuCore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gpu-'));
  const core = createCore({ dataDirectory: folder, spawn: createGpuSpawner() });
  return {
    core,
    folder,
    options: { lockPath: path.join(folder, 'lock') },
    async [Symbol.asyncDispose]() {
      core[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
