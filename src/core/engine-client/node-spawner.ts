import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { FromEngine } from '../../engine/protocol.ts';
import type { ExitReason } from '../../shared/domain/run.ts';
import type { EngineProcess, SpawnEngine } from './engine-process.ts';

const stderrTailBytes = 64 * 1024;

/** Variables an engine needs to find libraries, devices and a place for temporary files; nothing else is passed on. */
const passedOn = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'WINDIR',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'CUDA_PATH',
  'CUDA_VISIBLE_DEVICES',
  'CUDA_DEVICE_ORDER',
  'NVIDIA_VISIBLE_DEVICES',
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'XDG_RUNTIME_DIR',
  'OMP_NUM_THREADS',
  'ALLOW_RELEASED_ONNX_OPSET_ONLY',
  'NODE_COMPILE_CACHE',
];

function scrubbedEnvironment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...extra };
}

/**
 * Asks the kernel to sacrifice the engine, not the core, when memory runs out. Raising one's own child's score needs
 * no privilege; elsewhere than on Linux there is no such file and nothing to do.
 */
function preferAsOutOfMemoryVictim(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Hardened systems forbid it; the memory limit of the client still holds.
  }
}

/** Starts engines as child processes of Node. `entryPath` is the engine's entry module. */
export function createNodeSpawner(entryPath: string): SpawnEngine {
  return (options = {}) => {
    const child = fork(entryPath, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: scrubbedEnvironment(options.environment ?? {}),
      execArgv: [],
    });
    let tail = '';
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      tail = (tail + text).slice(-stderrTailBytes);
    });
    const exited = new Promise<ExitReason>((resolve) => {
      child.once('error', (error) => {
        resolve({ exitCode: null, signal: null, stderrTail: `${tail}${error.message}` });
      });
      // "close" comes after standard error has been drained, "exit" may come before.
      child.once('close', (exitCode, signal) => {
        resolve({ exitCode, signal, stderrTail: tail });
      });
    });
    if (child.pid !== undefined) preferAsOutOfMemoryVictim(child.pid);
    const engine: EngineProcess = {
      pid: child.pid ?? -1,
      send: (message) => {
        // A send to a process that has just died fails; its exit is reported through `exited`.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => {
        // Both ends ship together and the handshake compares their versions, so messages are not parsed again.
        child.on('message', (raw) => {
          listener(raw as FromEngine);
        });
      },
      stderrTail: () => tail,
      kill: () => {
        child.kill('SIGKILL');
      },
      exited,
    };
    return engine;
  };
}
