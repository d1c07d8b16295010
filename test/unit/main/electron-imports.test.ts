import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';

/** Outside Electron this import starts a download, so only what runs inside may load it. */
const mayLoadElectron = ['src/main/index.ts', 'src/preload/index.ts'];

describe('electron', () => {
  it('is loaded by the two entries alone; everything else takes types', () => {
    const files = globSync('{src,test,scripts}/**/*.{ts,tsx}', { cwd: packageRoot, exclude: ['test/fixtures/**'] });
    const statement = /^\s*(?:import|export)\s+(?!type\b)(?:[^;'"]*\sfrom\s+)?['"]electron['"]/m;
    const call = /\b(?:import|require)\(\s*['"]electron['"]/;
    const loading = files
      .map((file) => ({
        file: file.split(path.sep).join('/'),
        text: readFileSync(path.join(packageRoot, file), 'utf8'),
      }))
      .filter(({ text }) => statement.test(text) || call.test(text))
      .map(({ file }) => file);
    expect(files.length).toBeGreaterThan(300);
    expect(loading.toSorted()).toEqual(mayLoadElectron);
  });
});
