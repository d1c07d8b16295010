import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as resources from '../../../src/core/resources.ts';

describe('in a package of the desktop', () => {
  let folder: string;
  let packaged: typeof resources;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'packaged-')));
    // A folder stands for the archive: only its name counts here.
    const module = path.join(folder, 'app.asar', 'dist', 'main', 'resources.ts');
    mkdirSync(path.dirname(module), { recursive: true });
    writeFileSync(
      path.join(folder, 'app.asar', 'package.json'),
      JSON.stringify({ name: 'inferometer', type: 'module' }),
    );
    cpSync(path.join(resources.packageRoot, 'src', 'core', 'resources.ts'), module);
    packaged = (await import(pathToFileURL(module).href)) as typeof resources;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('what native code opens and a process starts from lies beside the archive', () => {
    const unpacked = path.join(folder, 'app.asar.unpacked');
    expect(packaged.engineEntryPath()).toBe(path.join(unpacked, 'dist', 'engine.js'));
    expect(packaged.resourcePath('engine', 'probe.onnx')).toBe(
      path.join(unpacked, 'resources', 'engine', 'probe.onnx'),
    );
  });

  it('what only Electron reads stays inside, where its integrity is checked', () => {
    expect(packaged.packageRoot).toBe(path.join(folder, 'app.asar'));
    expect(packaged.screensFolder()).toBe(path.join(folder, 'app.asar', 'dist', 'renderer'));
  });
});
