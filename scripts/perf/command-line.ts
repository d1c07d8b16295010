import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/resources.ts';

/** Flags and entry with which the npm script starts the command line. */
export async function commandLine(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
    scripts: { inferometer: string };
  };
  const [, , ...rest] = manifest.scripts.inferometer.split(' ');
  return rest;
}
