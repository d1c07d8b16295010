import type {
  Barrier,
  BlockRequest,
  EngineVersions,
  FromEngine,
  Stage,
  Task,
  TaskKind,
  TaskResult,
} from '../../engine/protocol.ts';
import type { ExitReason, TimeLimit } from '../../shared/domain/run.ts';
import type { EngineProcess, SpawnEngine, SpawnOptions } from './engine-process.ts';
import { watchMemory } from './memory-watch.ts';

/** Version of the messages that this client speaks; the engine must announce the same. */
const protocolVersion = 1;
/** After a cancel the engine has this long to end by itself, which keeps what it measured; then it is killed. */
const cancelGraceMs = 700;

export interface Deadlines {
  /** From start of the process to its announcement. */
  startS: number;
  /** Longest silence: the longest single native call, session creation included. */
  silenceS: number;
  /** Longest whole task. */
  taskS: number;
}

export const defaultDeadlines: Deadlines = { startS: 30, silenceS: 900, taskS: 6 * 3600 };

/** How a task ended, as data. */
export type TaskEnd<K extends TaskKind = TaskKind> =
  | { state: 'done'; result: Extract<TaskResult, { kind: K }> }
  /** ONNX Runtime or the task threw; the message is theirs. */
  | { state: 'failed'; stage: Stage; message: string; stderrTail: string }
  | { state: 'crashed'; stage: Stage; exit: ExitReason }
  | { state: 'timed-out'; stage: Stage; limit: TimeLimit; deadlineS: number }
  | { state: 'cancelled'; stage: Stage };

export type EngineProgress = Extract<FromEngine, { type: 'progress' }>;
export type EngineSamples = Extract<FromEngine, { type: 'samples' }>;
export type EngineTurn = Extract<FromEngine, { type: 'turn' }>;
export type EngineOutputs = Extract<FromEngine, { type: 'outputs' }>;

export interface TaskOptions {
  onProgress?: (progress: EngineProgress) => void;
  onSamples?: (samples: EngineSamples) => void;
  /** The engine goes on when the promise is fulfilled, unless that is with false. Must not be rejected. */
  onOutputs?: (outputs: EngineOutputs) => Promise<boolean>;
  /** What to run next in the task "pair"; without a block it ends. One that is rejected leaves the engine waiting. */
  onTurn?: (turn: EngineTurn) => Promise<readonly BlockRequest[]>;
  /** The engine has come to where it waits for others; it goes on when the promise is fulfilled. Must not be rejected. */
  onReached?: (barrier: Barrier) => Promise<void>;
  signal?: AbortSignal;
  deadlines?: Partial<Deadlines>;
  /** Kill the engine above this resident size, bytes. */
  memoryLimitBytes?: number;
}

/** One engine process, ended with its scope. */
export interface Engine extends AsyncDisposable {
  pid: number;
  versions: EngineVersions;
  stderrTail(): string;
  run<T extends Task>(task: T, options?: TaskOptions): Promise<TaskEnd<T['kind']>>;
}

/** What became of a process that was asked to start. */
export type StartEnd =
  | { state: 'ready'; engine: Engine }
  | { state: 'crashed'; exit: ExitReason }
  | { state: 'timed-out'; deadlineS: number };

/** Starts an engine and waits for its handshake. A different protocol version counts as a crash with that reason. */
export async function startEngine(
  spawn: SpawnEngine,
  options: SpawnOptions & { startS?: number } = {},
): Promise<StartEnd> {
  const child = spawn(options);
  const startS = options.startS ?? defaultDeadlines.startS;
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<StartEnd>((resolve) => {
    child.onMessage((message) => {
      if (message.type !== 'ready') return;
      if (message.protocolVersion === protocolVersion) {
        resolve({ state: 'ready', engine: createEngine(child, message.versions) });
        return;
      }
      child.kill();
      const text = `The engine speaks protocol ${message.protocolVersion}, the core ${protocolVersion}: rebuild the application.`;
      resolve({ state: 'crashed', exit: { exitCode: null, signal: null, stderrTail: text } });
    });
  });
  const late = new Promise<StartEnd>((resolve) => {
    timer = setTimeout(() => {
      child.kill();
      resolve({ state: 'timed-out', deadlineS: startS });
    }, startS * 1000);
  });
  const end = await Promise.race([ready, late, child.exited.then((exit): StartEnd => ({ state: 'crashed', exit }))]);
  clearTimeout(timer);
  return end;
}

function createEngine(child: EngineProcess, versions: EngineVersions): Engine {
  let nextId = 1;
  let current: ((message: FromEngine) => void) | null = null;
  child.onMessage((message) => current?.(message));
  return {
    pid: child.pid,
    versions,
    stderrTail: () => child.stderrTail(),
    async run<T extends Task>(task: T, options: TaskOptions = {}): Promise<TaskEnd<T['kind']>> {
      const id = nextId++;
      const supervision = superviseTask(child, id, options);
      current = supervision.take;
      child.send({ type: 'task', id, task });
      const end = await supervision.ended;
      current = null;
      return end as TaskEnd<T['kind']>;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}

/** Follows one task to its end: result, refusal, crash, deadline, memory limit or cancellation, whichever is first. */
function superviseTask(child: EngineProcess, id: number, options: TaskOptions) {
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  let stage: Stage = 'start';
  let forcedEnd: TaskEnd | null = null;
  let overLimit: string | null = null;
  let resolveEnded: (end: TaskEnd) => void = () => undefined;
  const ended = new Promise<TaskEnd>((resolve) => {
    resolveEnded = resolve;
  });

  // Killing resolves through `exited`, so that nothing is reported while the process still runs.
  function killAs(end: TaskEnd): void {
    forcedEnd ??= end;
    child.kill();
  }
  const wholeTask = setTimeout(() => {
    killAs({ state: 'timed-out', stage, limit: 'task', deadlineS: deadlines.taskS });
  }, deadlines.taskS * 1000);
  let silence = setTimeout(onSilence, deadlines.silenceS * 1000);
  function onSilence(): void {
    killAs({ state: 'timed-out', stage, limit: 'silence', deadlineS: deadlines.silenceS });
  }
  let grace: NodeJS.Timeout | undefined;
  function onAbort(): void {
    child.send({ type: 'cancel' });
    grace = setTimeout(() => {
      killAs({ state: 'cancelled', stage });
    }, cancelGraceMs);
  }
  const memory =
    options.memoryLimitBytes === undefined
      ? null
      : watchMemory(child.pid, options.memoryLimitBytes, (resident) => {
          overLimit = `Ended at ${Math.round(resident / 2 ** 20)} MiB of memory; the limit was ${Math.round((options.memoryLimitBytes ?? 0) / 2 ** 20)} MiB.`;
          child.kill();
        });

  function finish(end: TaskEnd): void {
    clearTimeout(wholeTask);
    clearTimeout(silence);
    clearTimeout(grace);
    memory?.[Symbol.dispose]();
    options.signal?.removeEventListener('abort', onAbort);
    resolveEnded(end);
  }

  void child.exited.then((exit) => {
    const stderrTail = overLimit === null ? exit.stderrTail : `${exit.stderrTail}${overLimit}`;
    finish(forcedEnd ?? { state: 'crashed', stage, exit: { ...exit, stderrTail } });
  });
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });

  function take(message: FromEngine): void {
    clearTimeout(silence);
    silence = setTimeout(onSilence, deadlines.silenceS * 1000);
    switch (message.type) {
      case 'ready':
        return;
      case 'progress':
        stage = message.stage;
        options.onProgress?.(message);
        return;
      case 'samples':
        options.onSamples?.(message);
        return;
      case 'outputs':
        void (options.onOutputs?.(message) ?? Promise.resolve(false)).then((more) => {
          child.send({ type: 'taken', more });
        });
        return;
      case 'turn':
        void (options.onTurn?.(message) ?? Promise.resolve([])).then(
          (blocks) => {
            child.send({ type: 'blocks', blocks: [...blocks] });
          },
          () => undefined,
        );
        return;
      case 'reached':
        void (options.onReached?.(message.barrier) ?? Promise.resolve()).then(() => {
          child.send({ type: 'pass', barrier: message.barrier });
        });
        return;
      case 'done':
        if (message.id === id) finish({ state: 'done', result: message.result });
        return;
      case 'failed':
        if (message.id !== id) return;
        finish(
          options.signal?.aborted
            ? { state: 'cancelled', stage: message.stage }
            : { state: 'failed', stage: message.stage, message: message.message, stderrTail: child.stderrTail() },
        );
    }
  }
  return { take, ended };
}
