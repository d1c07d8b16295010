import type { FromEngine, ToEngine } from '../../engine/protocol.ts';
import type { ExitReason } from '../../shared/domain/run.ts';

/**
 * A started engine process, whatever started it: `child_process.fork` in Node, `utilityProcess.fork` in Electron.
 * Its channel is the only way in; killing it is always safe.
 */
export interface EngineProcess {
  pid: number;
  send(message: ToEngine): void;
  onMessage(listener: (message: FromEngine) => void): void;
  /** Everything printed on standard error so far, last 64 KiB. */
  stderrTail(): string;
  /** Ends it at once (SIGKILL where there are signals). */
  kill(): void;
  /** Resolves when it is gone; never rejects. */
  exited: Promise<ExitReason>;
}

export interface SpawnOptions {
  /** Variables on top of the scrubbed environment, e.g. CUDA_VISIBLE_DEVICES. */
  environment?: Readonly<Record<string, string>>;
}

/** Port through which the core gets engines. */
export type SpawnEngine = (options?: SpawnOptions) => EngineProcess;
