import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as resources from '../../../src/core/resources.ts';

describe('shipped files', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'inferometer-resources-')));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The module as it would stand at `place` of a package of its own. */
  async function loadFrom(place: string): Promise<typeof resources> {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'inferometer', type: 'module' }));
    const path = join(folder, place);
    cpSync(join(resources.packageRoot, 'src', 'core', 'resources.ts'), path);
    return (await import(pathToFileURL(path).href)) as typeof resources;
  }

  it('are found from the sources', () => {
    expect(existsSync(resources.resourcePath('onnx', 'onnx.proto'))).toBe(true);
    expect(existsSync(resources.engineEntryPath())).toBe(true);
  });

  it('are found from a bundle at any depth', async () => {
    const bundled = await loadFrom(join('dist', 'chunks', 'deep.ts'));
    expect(bundled.resourcePath('onnx', 'onnx.proto')).toBe(join(folder, 'resources', 'onnx', 'onnx.proto'));
    expect(bundled.engineEntryPath()).toBe(join(folder, 'dist', 'engine.js'));
  });
});
