import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../src/core/resources.ts';

/** Scripts of the tools that `npm` would start by name; run on this Node, so that its version is the pinned one. */
const toolScripts = {
  buf: '@bufbuild/buf/bin/buf',
  depcruise: 'dependency-cruiser/bin/dependency-cruiser.mjs',
  'electron-vite': 'electron-vite/bin/electron-vite.js',
  eslint: 'eslint/bin/eslint.js',
  knip: 'knip/bin/knip.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
} as const;

/** How a program ended, with its standard output and error together. */
export interface Ended {
  exitCode: number;
  output: string;
}

export function runTool(tool: keyof typeof toolScripts, ...args: string[]): Promise<Ended> {
  return runNode([join(packageRoot, 'node_modules', toolScripts[tool]), ...args]);
}

/** Runs a script on this Node in `folder`. `onOutput` sees the text as it comes. */
export function runNode(
  args: readonly string[],
  { folder = packageRoot, onOutput }: { folder?: string; onOutput?: (text: string) => void } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const path = [join(packageRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, PATH: path } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
        onOutput?.(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? 1, output });
    });
  });
}
