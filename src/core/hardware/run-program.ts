import { execFile } from 'node:child_process';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** A program that answers slower than this has hung, and detection should not hang with it. */
const PROGRAM_TIMEOUT_MS = 3000;

/** Standard output of a program of the system; absent when it is not installed, fails or takes too long. */
export function runProgram(command: string, args: string[]): Promise<Observed<string>> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: PROGRAM_TIMEOUT_MS, windowsHide: true, maxBuffer: 2 ** 22 }, (error, stdout) => {
      if (error === null) resolve(present(stdout));
      else if (error.code === 'ENOENT') resolve(absent(`${command} is not installed`));
      else if (error.killed) resolve(absent(`${command} did not answer within ${PROGRAM_TIMEOUT_MS / 1000} s`));
      else resolve(absent(`${command} failed: ${error.message.split('\n').slice(0, 2).join(' ')}`));
    });
  });
}
