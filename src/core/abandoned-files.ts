import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from './running-process.ts';

/** What is kept in the temporary folder while something is made or measured; the number is that of the process. */
const abandonable =
  /^(?:all-outputs|calibration|evaluation|feed|inputs|outputs|profile|simplified|trials|upgraded)-(\d+)-/;

/** Removes what killed processes left in the temporary folder, which may be copies and outputs of gigabytes. */
export async function removeAbandoned(temporaryFolder: string): Promise<void> {
  for (const name of await readdir(temporaryFolder)) {
    const owner = abandonable.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    await rm(path.join(temporaryFolder, name), { recursive: true, force: true });
  }
}
