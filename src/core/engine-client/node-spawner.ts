import { fork } from 'node:child_process';
import type { FromEngine } from '../../engine/protocol.ts';
import type { ExitReason } from '../../shared/domain/run.ts';
import { engineEnvironment, preferAsOutOfMemoryVictim, stderrTailBytes } from './engine-environment.ts';
import type { EngineProcess, SpawnEngine } from './engine-process.ts';

/** Starts engines as child processes of Node. `entryPath` is the engine's entry module. */
export function createNodeSpawner(entryPath: string): SpawnEngine {
  return (options = {}) => {
    const child = fork(entryPath, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: engineEnvironment(options.environment ?? {}),
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
