import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The build of the screens is for this version (vite.renderer.config.ts); an older browser fails for no good reason. */
export const oldestMajor = 128;

/** What a search depends on, so that it can be tried out for other systems. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where Playwright keeps its own Chromium, downloaded or not. */
  playwrightPath: string;
  isFile(path: string): boolean;
  /** Whether the browser starts and is new enough; a file alone may be a stub of a package manager. */
  isUsable(path: string): Promise<boolean>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * Path of a Chromium that is installed already: INFEROMETER_CHROMIUM, then PATH, then the usual places, then
 * Playwright's own. null: there is none. Throws when INFEROMETER_CHROMIUM names something else than a usable browser.
 */
export async function findChromium(surroundings: Surroundings): Promise<string | null> {
  const { environment, isFile, isUsable } = surroundings;
  const named = environment.INFEROMETER_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (isFile(named) && (await isUsable(named))) return named;
    throw new Error(
      `INFEROMETER_CHROMIUM names ${named}, which is no Chromium of version ${oldestMajor} or newer that starts here.`,
    );
  }
  for (const path of listCandidates(surroundings)) {
    if (isFile(path) && (await isUsable(path))) return path;
  }
  return null;
}

function listCandidates({ platform, environment, playwrightPath }: Surroundings): string[] {
  const endings = platform === 'win32' ? ['.exe'] : [''];
  const onPath = (environment.PATH ?? environment.Path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.flatMap((name) => endings.map((ending) => join(folder, `${name}${ending}`))));
  return [...onPath, ...listUsualPlaces(platform, environment), playwrightPath];
}

function listUsualPlaces(platform: NodeJS.Platform, environment: Surroundings['environment']): string[] {
  if (platform === 'darwin') {
    const applications = ['/Applications', join(environment.HOME ?? '', 'Applications')];
    return applications.flatMap((folder) =>
      ['Google Chrome', 'Chromium'].map((name) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (platform === 'win32') {
    return [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) =>
        [join('Google', 'Chrome'), 'Chromium'].map((name) => join(folder, name, 'Application', 'chrome.exe')),
      );
  }
  return ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'];
}

/** This machine. */
export async function describeSurroundings(): Promise<Surroundings> {
  // Not at the top: a look at the environment variable needs no Playwright.
  const { chromium } = await import('@playwright/test');
  return {
    platform: process.platform,
    environment: process.env,
    playwrightPath: chromium.executablePath(),
    isFile: existsSync,
    isUsable: answersWithVersion,
  };
}

/** On Windows, `--version` opens a window instead of answering; there the file has to do. */
async function answersWithVersion(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const major = await readMajorVersion(path);
  return major !== null && major >= oldestMajor;
}

/** The first number of a Chromium's version; null where it does not tell. */
export async function readMajorVersion(path: string): Promise<number | null> {
  if (process.platform === 'win32') return null;
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 20_000 });
    const major = /\b(\d+)\.\d+\.\d+/.exec(stdout)?.[1];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}
