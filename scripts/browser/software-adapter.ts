import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureChromium } from './install-chromium.ts';

/** Describes SwiftShader, a Vulkan device in software, to Vulkan's loader; every Chromium on Linux has both. */
const driverFile = 'vk_swiftshader_icd.json';
const loaderFile = 'libvulkan.so.1';

/** Places where a Chromium keeps its libraries, whether or not it starts. */
function listFolders(chromium: string | null): string[] {
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  // Debian's program is a script elsewhere, Chrome's a link into its folder.
  if (chromium !== null) folders.unshift(dirname(realpathSync(chromium)));
  const electron = findElectron();
  return electron === null ? folders : [...folders, electron];
}

function findElectron(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
  } catch {
    return null;
  }
}

function findSwiftShader(chromium: string | null): string | null {
  return listFolders(chromium).find((folder) => existsSync(join(folder, driverFile))) ?? null;
}

/**
 * Environment in which WebGPU runs on SwiftShader, whatever drivers the machine has, and on any Linux with a Chromium,
 * which is installed where it is missing as for the end-to-end tests. Throws one sentence that says what to do.
 */
export async function ensureSoftwareAdapter(say: (line: string) => void): Promise<Record<string, string>> {
  const folder = findSwiftShader(null) ?? findSwiftShader(await ensureChromium(say));
  if (folder === null) {
    throw new Error(
      `No SwiftShader was found: none of ${listFolders(null).join(', ')} has ${driverFile}. Install Chromium.`,
    );
  }
  return describeEnvironment(folder);
}

function describeEnvironment(folder: string): Record<string, string> {
  // Dawn warns about a missing one; it has to belong to the user.
  const runtime = process.env.XDG_RUNTIME_DIR ?? join(tmpdir(), `inferometer-runtime-${process.getuid?.() ?? 0}`);
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const searched = process.env.LD_LIBRARY_PATH;
  return {
    VK_ICD_FILENAMES: join(folder, driverFile),
    VK_DRIVER_FILES: join(folder, driverFile),
    XDG_RUNTIME_DIR: runtime,
    // The loader of the system comes first where there is one.
    ...(hasLoader() || !existsSync(join(folder, loaderFile))
      ? {}
      : { LD_LIBRARY_PATH: searched === undefined ? folder : `${searched}:${folder}` }),
  };
}

function hasLoader(): boolean {
  return ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].some((folder) =>
    existsSync(join(folder, loaderFile)),
  );
}
