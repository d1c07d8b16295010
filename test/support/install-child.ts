/** Installs GPU libraries and kills its own process before the rename number RENAMES. */
import { rename } from 'node:fs/promises';
import { freeDiskBytes } from '../../src/core/hardware/disk.ts';
import { installGpuLibraries } from '../../src/core/hardware/gpu-libraries.ts';

const { SOURCE = '', TARGET_DIR = '', RENAMES } = process.env;
let renames = 0;
await installGpuLibraries(
  { source: SOURCE, targetDir: TARGET_DIR, version: '1.30.0' },
  {
    platform: 'linux',
    arch: 'x64',
    packageUrl: () => '',
    async rename(from, to) {
      renames += 1;
      if (renames === Number(RENAMES)) process.kill(process.pid, 'SIGKILL');
      await rename(from, to);
    },
    freeDiskBytes,
  },
);
