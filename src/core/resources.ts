import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = 'inferometer';

/**
 * Absolute folder of the application's own package. The code runs from `src/` in a clone and from `dist/` in an
 * installed package, at different depths, so the folder is found by its package.json and never by counting `..`.
 */
export const packageRoot: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/**
 * The same folder for whoever cannot read archives. A desktop package is one archive (`app.asar`) that only Electron's
 * file functions look into; what native code opens or a new process starts from is unpacked beside it.
 */
const unpackedRoot = packageRoot.replace(/\.asar$/, '.asar.unpacked');

/** Absolute path of a shipped file, e.g. `resourcePath('catalogue', 'cloud-prices.json')`. Says nothing about existence. */
export function resourcePath(...segments: string[]): string {
  return join(unpackedRoot, 'resources', ...segments);
}

/** Absolute path of the engine's entry module: its source in a clone, its bundle (vite.node.config.ts) in a package. */
export function engineEntryPath(): string {
  const bundled = fileURLToPath(import.meta.url).startsWith(join(packageRoot, 'dist') + sep);
  return bundled ? join(unpackedRoot, 'dist', 'engine.js') : join(packageRoot, 'src', 'engine', 'entry.ts');
}

/** Absolute folder of the built screens (vite.renderer.config.ts). Says nothing about existence. */
export function screensFolder(): string {
  return join(packageRoot, 'dist', 'renderer');
}

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (packageNameIn(folder) === packageName) return folder;
    if (dirname(folder) === folder) throw new Error(`No package.json named "${packageName}" above ${start}`);
  }
}

function packageNameIn(folder: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return (JSON.parse(text) as { name?: unknown }).name;
}
