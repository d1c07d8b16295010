import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';
import { runTool } from '../../../scripts/tool.ts';

const snippets = {
  'plain.ts': 'export const half = (value: number): number => value / 2;',
  'process.ts': 'export const platform = process.platform;',
  'buffer.ts': 'export const bytes = Buffer.alloc(1);',
  'builtin.ts': "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('a', 'utf8');",
  'window.ts': 'export const width = window.innerWidth;',
  'document.ts': "export const title = document.querySelector('title');",
};

describe('the environment of src/shared', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inferometer-shared-'));
  let output = '';

  beforeAll(async () => {
    for (const [name, text] of Object.entries(snippets)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    const config = {
      extends: join(packageRoot, 'src', 'shared', 'tsconfig.json'),
      // Real files of the folder bring their dependencies along: their types must not open the door either.
      files: [
        join(packageRoot, 'src', 'shared', 'errors.ts'),
        join(packageRoot, 'src', 'shared', 'contract', 'index.ts'),
        ...Object.keys(snippets),
      ],
      include: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    ({ output } = await runTool('tsc', '-p', folder, '--pretty', 'false'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['process.ts', "'process'"],
    ['buffer.ts', "'Buffer'"],
    ['builtin.ts', "'node:fs'"],
    ['window.ts', "'window'"],
    ['document.ts', "'document'"],
  ])('has no %s', (file, name) => {
    const errors = output.split('\n').filter((line) => line.includes(`${file}(`));
    expect(errors.join('\n')).toContain(name);
  });

  it('accepts the language itself', () => {
    expect(output).not.toContain('plain.ts(');
    expect(output).not.toContain('errors.ts(');
    expect(output).not.toContain('contract/');
  });
});
