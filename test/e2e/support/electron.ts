import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/resources.ts';

/** The built main process, which Electron is started with. */
export const desktopEntry = join(packageRoot, 'dist', 'main', 'index.js');

/**
 * Path of Electron's binary, null where it was not downloaded. Never imports the package: outside Electron that
 * downloads it.
 */
export function findElectron(): string | null {
  const folder = join(packageRoot, 'node_modules', 'electron');
  const { ELECTRON_OVERRIDE_DIST_PATH: override } = process.env;
  const pathFile = join(folder, 'path.txt');
  const standard = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : standard;
  const path = join(override ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : null;
}
