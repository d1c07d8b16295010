import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { providerIdSchema } from '../../../src/shared/domain/provider.ts';
import { entry } from './command-line.ts';

const run = promisify(execFile);
const commands = [
  'bench',
  'detect',
  'doctor',
  'models',
  'inspect',
  'quantize',
  'run',
  'tune',
  'compare',
  'comparisons',
  'profile',
  'profiles',
  'results',
  'export',
  'serve',
  'gpu',
];

/** Prints the address of every module that is loaded. */
const tellLoads = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) { process._rawDebug('loaded ' + url); return next(url, context); } });
`)}`;

async function help(...args: string[]): Promise<string> {
  return (await run(process.execPath, [entry, ...args, '--help'])).stdout;
}

describe('--help', () => {
  let loaded: string[];
  beforeAll(async () => {
    const { stderr } = await run(process.execPath, ['--import', tellLoads, entry, '--help']);
    loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
  });

  it('loads neither ONNX Runtime nor SQLite nor Electron nor a schema library', () => {
    expect(loaded.some((line) => line.includes('/commander/'))).toBe(true);
    expect(loaded.filter((line) => /onnxruntime|better-sqlite3|drizzle|electron|koffi|\/zod\//.test(line))).toEqual([]);
  });

  it('loads nothing of the core but how it is started and where its files are, and no action', () => {
    const own = loaded.filter((line) => line.includes('/src/')).map((line) => line.replace(/^.*\/src\//, ''));
    expect(own.filter((file) => file.startsWith('core/'))).toEqual(['core/resources.ts', 'core/invocation.ts']);
    expect(own.filter((file) => file.startsWith('cli/actions/') || file.startsWith('engine/'))).toEqual([]);
  });

  it('answers within 300 ms', async () => {
    const timesMs: number[] = [];
    // The quickest of several counts: other tests may hold the processor.
    while (Math.min(...timesMs) > 300 && timesMs.length < 12) {
      const startedAt = performance.now();
      await help();
      timesMs.push(performance.now() - startedAt);
    }
    expect(Math.min(...timesMs)).toBeLessThan(300);
  });

  it('names every command, and each has an example', async () => {
    const overview = await help();
    const pages = await Promise.all(commands.map((command) => help(command)));
    for (const [index, command] of commands.entries()) {
      expect(overview).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
      expect(pages[index]).toContain(`$ npm run -s inferometer -- ${command}`);
    }
  });

  it('of quantize says defaults only where there are some, and once', async () => {
    const text = (await help('quantize')).replaceAll(/\s+/g, ' ');
    expect(text).not.toMatch(/default: ?\)|\) \(/);
    expect(text).toContain('--calibration-method <method> how ranges follow from them; min-max unless named (');
  });

  it('of run names every execution provider that a plan can have', async () => {
    const text = await help('run');
    for (const id of providerIdSchema.options) expect(text).toContain(id);
  });
});
