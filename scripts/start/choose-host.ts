import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What shows the screens: a window of its own, or a browser, with the sentence that says why. */
export type Host = { kind: 'desktop'; electron: string } | { kind: 'web'; reason: string };

export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  /** Null on Windows. */
  userId: number | null;
  /** Of the package "electron", which may be there without its program. */
  electronFolder: string;
  args: readonly string[];
}

/** The desktop where Electron's program is there and can open a window, else the web host. Downloads nothing. */
export function chooseHost({ platform, environment, userId, electronFolder, args }: Surroundings): Host {
  const served = 'so the screens are served to a browser';
  const asked = args.find((argument) => /^--(port|open)(=|$)/.test(argument));
  if (asked !== undefined) return toWeb(`${asked.replace(/=.*/, '')} is for the web host, ${served}.`);
  const electron = findElectron(electronFolder, platform, environment);
  if (electron === null) {
    return toWeb(`Electron's program is not installed here (npx install-electron adds it), ${served}.`);
  }
  if (platform === 'linux') {
    if (!isSet(environment.DISPLAY) && !isSet(environment.WAYLAND_DISPLAY)) {
      return toWeb(`There is no display here, ${served}.`);
    }
    if (userId === 0 && !args.includes('--no-sandbox'))
      return toWeb(`Electron's sandbox does not start for root, ${served}.`);
  }
  return { kind: 'desktop', electron };
}

function toWeb(reason: string): Host {
  return { kind: 'web', reason };
}

/**
 * Where Electron's own index.js would find its program. That file is not imported, because it downloads the program
 * when it is missing.
 */
function findElectron(
  folder: string,
  platform: NodeJS.Platform,
  { ELECTRON_OVERRIDE_DIST_PATH: elsewhere }: Surroundings['environment'],
): string | null {
  const stated = readIfThere(join(folder, 'path.txt'));
  const program = stated ?? (platform === 'win32' ? 'electron.exe' : 'electron');
  if (!isSet(elsewhere) && stated === null) return null;
  const file = join(isSet(elsewhere) ? elsewhere : join(folder, 'dist'), program);
  return existsSync(file) ? file : null;
}

function readIfThere(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
