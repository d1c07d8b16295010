import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandDocumentSchema } from '../../../src/cli/output/documents.ts';
import { packageRoot } from '../../../src/core/resources.ts';

/** How a command ended. */
export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The real command line in child processes, with a data directory and a machine lock of its own. */
export interface CommandLine extends Disposable {
  folder: string;
  run(...args: string[]): Promise<Ended>;
  /** With --json: the document, checked against its schema. */
  runJson(...args: string[]): Promise<Ended & { document: Document }>;
  /** Starts a command without waiting for its end. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> };
}

type Document = { ok: boolean; command: string | null; data?: unknown; error?: { code: string } };

export const entry = path.join(packageRoot, 'src', 'cli', 'index.ts');
export const tinyModel = path.join(packageRoot, 'test', 'fixtures', 'onnx', 'conv.onnx');

/** Rules that end a measurement soon; warm-up cannot settle in this time, so that the result is INVALID. */
export const hasty =
  '{"minDurationS":0.2,"minQueries":64,"warmUp":{"minRuns":2,"minS":0.1,"maxS":0.2,"tolerance":0.5}}';
/** Rules that end it as soon as the warm-up can settle. */
export const short = '{"minDurationS":0.2,"minQueries":64,"warmUp":{"minRuns":2,"minS":0.1,"maxS":20,"tolerance":9}}';

/** `changes` are variables on top of this process's. */
export function createCommandLine(changes: Readonly<Record<string, string>> = {}): CommandLine {
  const folder = mkdtempSync(path.join(tmpdir(), 'inferometer-cli-'));
  const environment = {
    ...process.env,
    TMPDIR: folder,
    INFEROMETER_LOCK: path.join(folder, 'measuring.lock'),
    INFEROMETER_DATA_DIR: path.join(folder, 'data'),
    NO_COLOR: '1',
    ...changes,
  };

  function start(...args: string[]) {
    const child = spawn(process.execPath, [entry, ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, as a shell gives each command.
      detached: process.platform !== 'win32',
    });
    const ended = new Promise<Ended>((resolve) => {
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (text) => (stdout += String(text)));
      child.stderr.on('data', (text) => (stderr += String(text)));
      child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    });
    return { child, ended };
  }

  return {
    folder,
    start,
    run: (...args) => start(...args).ended,
    async runJson(...args) {
      const ended = await start(...args, '--json').ended;
      return { ...ended, document: commandDocumentSchema.parse(JSON.parse(ended.stdout)) };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits until standard error, or output, of a started command says something, and answers with all it said. */
export async function waitForText(
  child: ChildProcess,
  pattern: RegExp,
  stream: 'stderr' | 'stdout' = 'stderr',
): Promise<string> {
  let seen = '';
  return new Promise<string>((resolve, reject) => {
    child[stream]?.on('data', (text) => {
      seen += String(text);
      if (pattern.test(seen)) resolve(seen);
    });
    child.once('close', () => reject(new Error(`It ended without saying ${String(pattern)}:\n${seen}`)));
  });
}
