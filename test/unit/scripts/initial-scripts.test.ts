import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findStaticImports, measureInitialScripts } from '../../../scripts/perf/screens/initial-scripts.ts';

it('finds the static imports of minified code and leaves what is imported on demand', () => {
  const source =
    'import{a as b,c}from"./one.js";import"./two.js";import d,*as e from"../three.js";' +
    'const f=()=>import("./later.js");export{g}from"./four.js";export*from"./five.js";var h="./no.js";import i from"./six.js"';
  expect(findStaticImports('/assets/index.js', source)).toEqual([
    '/assets/one.js',
    '/assets/two.js',
    '/three.js',
    '/assets/four.js',
    '/assets/five.js',
    '/assets/six.js',
  ]);
});

it('adds up entry, preloads and what they import, each file once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'initial-scripts-'));
  try {
    const files = {
      'index.html':
        '<script type="module" src="/assets/a.js" nonce="n"></script><link rel="modulepreload" href="/assets/b.js"><link rel="stylesheet" href="/assets/s.css">',
      'assets/a.js': 'import{x}from"./b.js";import"./c.js";x(()=>import("./d.js"))',
      'assets/b.js': 'export const x=(f)=>f',
      'assets/c.js': 'import"./b.js"',
    };
    await mkdir(join(folder, 'assets'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const sizes = [files['assets/a.js'], files['assets/b.js'], files['assets/c.js']].map(
      (text) => gzipSync(text).length,
    );
    const { files: count, gzipBytes } = await measureInitialScripts(folder);
    expect(count).toBe(3);
    expect(gzipBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
