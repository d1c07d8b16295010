import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runNode } from '../../../scripts/tool.ts';

const launcher = join('tools', 'node', 'run.js');

describe('tools/node/run.js', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inferometer-node-'));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function runScript(text: string, ...args: string[]) {
    const script = join(folder, 'script.ts');
    writeFileSync(script, text);
    return runNode([launcher, script, ...args]);
  }

  it('runs TypeScript on Node 24 or newer', async () => {
    const { output } = await runScript('console.log(process.versions.node satisfies string);');
    expect(Number(output.split('.')[0])).toBeGreaterThanOrEqual(24);
  });

  it('gives the same Node to programs that are started by name', async () => {
    const { output } = await runScript(
      "import { execFileSync } from 'node:child_process';\n" +
        "console.log(execFileSync('node', ['--version'], { encoding: 'utf8' }).trim() === process.version);",
    );
    expect(output.trim()).toBe('true');
  });

  it('hands on arguments and exit code', async () => {
    const ended = await runScript('console.log(process.argv.slice(2).join()); process.exitCode = 3;', '--json', 'a b');
    expect(ended).toEqual({ exitCode: 3, output: '--json,a b\n' });
  });
});
