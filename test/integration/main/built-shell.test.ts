import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNode } from '../../../scripts/tool.ts';
import { packageRoot } from '../../../src/core/resources.ts';

const run = promisify(execFile);
const stub = pathToFileURL(fileURLToPath(new URL('stub-electron.ts', import.meta.url))).href;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'built-shell-'));
  const tool = path.join('node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { exitCode, output } = await runNode([tool, 'build', '--ignoreConfigWarning', '--logLevel', 'warn']);
  if (exitCode !== 0) throw new Error(output);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (...segments: string[]): Promise<string> => readFile(path.join(packageRoot, 'dist', ...segments), 'utf8');

describe('the built shell', () => {
  it('loads with everything that it imports, and gives way to another instance', async () => {
    const main = path.join(packageRoot, 'dist', 'main', 'index.js');
    const env = { ...process.env, INFEROMETER_DATA_DIR: folder };
    const { stdout } = await run(process.execPath, ['--import', stub, main], { env });
    expect(stdout.trim().split('\n')).toEqual(['sandbox', 'scheme app', 'path of userData', 'quit']);
  });

  it('leaves Electron and native modules to be found when it runs', async () => {
    const main = await read('main', 'index.js');
    for (const name of ['electron', 'better-sqlite3', 'zod']) {
      expect(main).toMatch(new RegExp(`^import .* from "${name}";$`, 'm'));
    }
    expect(main).not.toContain('onnxruntime_binding');
  });

  it('has a preload script that needs nothing but Electron, in the only form that a sandbox loads', async () => {
    const preload = await read('preload', 'index.cjs');
    expect([...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual(['electron']);
    expect(preload).not.toMatch(/^\s*(import|export)\s/m);
  });
});
