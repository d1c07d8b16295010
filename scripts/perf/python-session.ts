import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { InputFile } from '../../src/engine/protocol.ts';
import { packageRoot } from '../../src/core/resources.ts';

const wantedVersion = '1.30.0';

/** How to get the package that the engine is compared with. */
export const pythonInstall = `python3 -m venv .venv-perf && .venv-perf/bin/pip install onnxruntime==${wantedVersion} numpy`;

export interface PythonPackage {
  interpreter: string;
  /** The package's own build of ONNX Runtime as a shared library; null where it comes without one. */
  library: string | null;
}

/** Prints the version and where the shared library lies, if there is one. */
const describePackage = `
import glob, os, numpy, onnxruntime
print(onnxruntime.__version__)
print(*glob.glob(os.path.join(os.path.dirname(onnxruntime.__file__), "capi", "libonnxruntime.so.*"))[:1])
`;

/** Interpreter with the official package of the engine's version, or the reason why there is none. */
export async function findPython(): Promise<PythonPackage | { reason: string }> {
  const named = process.env.INFEROMETER_PYTHON;
  const interpreter = named || join(packageRoot, '.venv-perf', 'bin', 'python');
  const where = named ? 'The interpreter that INFEROMETER_PYTHON names' : '.venv-perf';
  if (!named && !existsSync(interpreter)) {
    return { reason: `There is no Python to compare with: run "${pythonInstall}", or set INFEROMETER_PYTHON.` };
  }
  try {
    const { stdout } = await promisify(execFile)(interpreter, ['-c', describePackage]);
    const [version = '', library = ''] = stdout.split('\n').map((line) => line.trim());
    if (version === wantedVersion) return { interpreter, library: library || null };
    return { reason: `${where} has ONNX Runtime ${version} where ${wantedVersion} is needed.` };
  } catch {
    return { reason: `${where} lacks onnxruntime ${wantedVersion} or numpy: run "${pythonInstall}".` };
  }
}

export interface PythonSessionRequest {
  modelPath: string;
  threads: number;
  /** Session configuration entries, as the engine sets them. */
  entries: Record<string, string>;
  inputs: InputFile;
}

const readySchema = z.object({ onnxruntime: z.string(), outputSums: z.record(z.string(), z.number()) });
const blockSchema = z.object({ queries: z.number().int(), medianNs: z.number() });
export type TimedBlock = z.infer<typeof blockSchema>;

/** A session in Python that lives until it is disposed of. */
export interface PythonSession extends Disposable {
  /** Sum of the magnitudes of every output of the first feed, to see that both sides compute the same. */
  outputSums: Record<string, number>;
  /** Runs for `settleS` unseen, then times queries for `durationS`. */
  timeBlock: (settleS: number, durationS: number) => Promise<TimedBlock>;
}

/** Starts Python and creates the session. Rejects with the text of standard error when Python ends early. */
export async function startPythonSession(interpreter: string, request: PythonSessionRequest): Promise<PythonSession> {
  const child = spawn(interpreter, [join(import.meta.dirname, 'python_harness.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  // Writing to a process that has ended fails; how it ended is reported by the missing answer.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => (errors += error.message));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function ask(message: unknown): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const line = await lines.next();
    if (line.done) throw new Error(`Python ended: ${errors.trim()}`);
    return JSON.parse(line.value);
  }

  const { outputSums } = readySchema.parse(await ask(request));
  return {
    outputSums,
    timeBlock: async (settleS, durationS) =>
      blockSchema.parse(await ask({ settleNs: settleS * 1e9, durationNs: durationS * 1e9 })),
    [Symbol.dispose]() {
      process.off('exit', end);
      end();
    },
  };
}
