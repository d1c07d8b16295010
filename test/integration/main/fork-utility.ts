import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ForkOptions, UtilityProcess } from 'electron';

const bootstrap = fileURLToPath(new URL('engine-in-utility.ts', import.meta.url));

/**
 * A utility process over a real child of Node. Like Electron's it has no id before "spawn" and after "exit", gives an
 * exit code and no signal, and with "exit" takes every listener off its standard error, whatever is still to come.
 */
class UtilityDouble extends EventEmitter {
  readonly #child: ChildProcess;
  readonly stderr = new PassThrough();
  pid: number | undefined;

  constructor(modulePath: string, options: ForkOptions) {
    super();
    const env = options.env as NodeJS.ProcessEnv;
    this.#child = fork(bootstrap, [modulePath], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env,
      execArgv: options.execArgv ?? [],
    });
    this.#child.stderr?.pipe(this.stderr);
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.once('exit', (code, signal) => {
      this.pid = undefined;
      this.emit('exit', code ?? (signal === null ? 1 : 128));
      this.stderr.removeAllListeners();
    });
  }

  postMessage(message: object): void {
    this.#child.send(message);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

/** Stands for `utilityProcess.fork`. */
export function forkUtility(modulePath: string, _args: string[] = [], options: ForkOptions = {}): UtilityProcess {
  const process: unknown = new UtilityDouble(modulePath, options);
  return process as UtilityProcess;
}
