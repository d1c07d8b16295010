import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPython, pythonInstall } from '../perf/python-session.ts';

/** Interpreter with the official quantizer and what it needs, or the reason why there is none. */
export async function findQuantizer(): Promise<{ interpreter: string } | { reason: string }> {
  const found = await findPython();
  if ('reason' in found) return found;
  try {
    await promisify(execFile)(found.interpreter, ['-c', 'import onnx, sympy']);
    return found;
  } catch {
    return { reason: `The Python quantizer needs two more packages: run "${pythonInstall} onnx sympy".` };
  }
}
