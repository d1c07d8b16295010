import { setTimeout as sleep } from 'node:timers/promises';
import type { ForkOptions, UtilityProcess } from 'electron';
import {
  engineEnvironment,
  preferAsOutOfMemoryVictim,
  stderrTailBytes,
} from '../core/engine-client/engine-environment.ts';
import type { EngineProcess, SpawnEngine } from '../core/engine-client/engine-process.ts';
import type { ExitReason } from '../shared/domain/run.ts';

type MessageListener = Parameters<EngineProcess['onMessage']>[0];
/** `utilityProcess.fork`. */
export type ForkUtility = (modulePath: string, args: string[], options: ForkOptions) => UtilityProcess;

/** Standard error of a process that has ended may still be on its way this long. */
const drainMs = 250;

/**
 * Starts engines as utility processes of Electron, the only child processes that Node code gets in a packaged
 * application: `child_process.fork` needs the RunAsNode fuse, which is off. Electron has to be ready.
 */
export function createUtilitySpawner(fork: ForkUtility, entryPath: string): SpawnEngine {
  return (options = {}) => {
    const child = fork(entryPath, [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: engineEnvironment(options.environment ?? {}),
      execArgv: [],
      serviceName: 'Inferometer engine',
    });
    // Electron forgets the id when the process has ended.
    let pid = child.pid ?? -1;
    let isGone = false;
    child.once('spawn', () => {
      pid = child.pid ?? pid;
      preferAsOutOfMemoryVictim(pid);
    });
    const stderr = keepTail(child);
    child.on('error', (type, location) => stderr.add(`V8 ended the process: ${type} at ${location}\n`));
    const exited = new Promise<ExitReason>((resolve) => {
      child.once('exit', (exitCode) => {
        isGone = true;
        // Electron has one number for both: what a signal becomes in it differs between platforms.
        void stderr.drain().then((stderrTail) => resolve({ exitCode, signal: null, stderrTail }));
      });
    });
    const engine: EngineProcess = {
      get pid() {
        return pid;
      },
      send: (message) => {
        if (!isGone) child.postMessage(message);
      },
      onMessage: (listener: MessageListener) => {
        // Both ends ship together and the handshake compares their versions, so messages are not parsed again.
        child.on('message', (message: Parameters<MessageListener>[0]) => listener(message));
      },
      stderrTail: () => stderr.text(),
      kill: () => {
        if (!isGone) killNow(child);
      },
      exited,
    };
    return engine;
  };
}

/** Electron's own kill asks first, which a native call that does not return would keep the process from hearing. */
function killNow(child: UtilityProcess): void {
  const { pid } = child;
  child.kill();
  if (pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function keepTail(child: UtilityProcess) {
  let tail = '';
  const { stderr } = child;
  const add = (text: string | Buffer): void => {
    tail = (tail + text.toString()).slice(-stderrTailBytes);
  };
  stderr?.on('data', add);
  return {
    add,
    text: () => tail,
    /** The whole tail: what was written last comes after "exit", and Electron takes listeners off with that event. */
    async drain(): Promise<string> {
      if (stderr === null) return tail;
      const ended = new Promise<void>((resolve) => {
        queueMicrotask(() => {
          if (!stderr.listeners('data').includes(add)) stderr.on('data', add);
          stderr.once('end', resolve);
        });
      });
      await Promise.race([ended, sleep(drainMs)]);
      return tail;
    },
  };
}
