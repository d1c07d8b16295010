import type { RunId } from '../../shared/domain/ids.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { RunState } from '../../shared/domain/run.ts';
import type { CellProgress, RunSession, SessionMessage } from '../../shared/domain/run-session.ts';
import { InferometerError } from '../../shared/errors.ts';
import { resumePlan, runPlan } from './run-plan.ts';
import type { RunEvent, RunOptions, RunPorts } from './run-ports.ts';
import type { OpenSensors } from '../telemetry/open-sensors.ts';
import { applyRunEvent, createRunSession, withSensors, withSensorSample } from './session-state.ts';
import { createSubscription, type Subscription } from './subscription.ts';
import type { SensorReader } from './watch-sensors.ts';

/** Runs one measurement at a time on behalf of callers that come and go. */
export interface RunSessions {
  /** What is measured, or was measured last; null: nothing since the host started. */
  current(): RunSession | null;
  /** True also while other work has the machine. */
  isMeasuring(): boolean;
  /** Resolves when the run is stored and its first configuration begins. Throws MACHINE_BUSY and what runPlan throws. */
  start(plan: Plan, options?: { wait?: boolean }): Promise<RunId>;
  /**
   * Goes on with a stored run, or withdraws the pause of the one that is measured. Throws MACHINE_BUSY and what
   * resumePlan throws.
   */
  resume(runId: RunId, options?: { wait?: boolean; retry?: boolean }): Promise<RunId>;
  /** Ends what is measured as "paused" when its present configuration has ended; null: nothing is being measured. */
  pause(): RunSession | null;
  /** Stops what is measured and resolves when it has ended and is stored; null: nothing was being measured. */
  cancel(): Promise<RunSession | null>;
  /** The session as it is, then what changes; ends with the signal, with `return()` and with the host. */
  subscribe(signal?: AbortSignal): AsyncIteratorObject<SessionMessage, undefined>;
  /**
   * Measuring that is no run, such as a comparison: one at a time with runs. Its signal tells when `signal` does and
   * when the host ends. Throws MACHINE_BUSY and what the work throws.
   */
  takeMachine<T>(
    work: (options: Pick<RunOptions, 'signal' | 'lockPath'>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Stops what is measured, stores it as cancelled, and ends every subscription. */
  close(): Promise<void>;
}

export interface RunSessionsOptions {
  lockPath?: string | undefined;
  /** Those of this machine when left out. */
  openSensors?: OpenSensors | undefined;
  /** Told of failures that nobody foresaw; the session has them as a sentence only. */
  onDefect?: ((error: unknown) => void) | undefined;
}

interface Active {
  abort: AbortController;
  isPausing: boolean;
  ended: Promise<RunSession>;
}

/** Progress reaches subscribers at most this often. */
const progressIntervalMs = 100;

export function createRunSessions(ports: RunPorts, options: RunSessionsOptions = {}): RunSessions {
  const { lockPath, onDefect } = options;
  const subscriptions = new Set<Subscription>();
  let session: RunSession | null = null;
  let active: Active | null = null;
  let other: { abort: AbortController; ended: Promise<unknown> } | null = null;
  let closed = false;

  const publishSession = (): void => {
    for (const subscription of subscriptions) subscription.sessionChanged();
  };
  const throttle = createThrottle((progress) => {
    for (const subscription of subscriptions) subscription.progressed(progress);
  });

  const onEvent = (event: RunEvent): void => {
    if (session === null) return;
    session = applyRunEvent(session, event);
    // A run that is resumed has results already, and names that were resolved.
    if (event.type === 'started') session = { ...session, cells: readCells(ports, event.runId) };
    // What a cell's progress was is no news once the cell has ended.
    if (event.type === 'progress' && session.progress !== null) throttle.offer(session.progress);
    else {
      throttle.drop();
      publishSession();
    }
  };
  const sensors: SensorReader = {
    onFound(found) {
      if (session === null) return;
      session = withSensors(session, found);
      publishSession();
    },
    onSample(sample) {
      if (session === null) return;
      session = withSensorSample(session, sample);
      if (session.progress !== null) throttle.offer(session.progress);
    },
  };

  async function measure(plan: Plan, wait: boolean, work: (runOptions: RunOptions) => Promise<RunId>): Promise<RunId> {
    if (closed) throw hostIsClosing();
    if (active !== null || other !== null) throw alreadyMeasuring(active === null ? null : session);
    const abort = new AbortController();
    const stored = Promise.withResolvers<RunId>();
    const finished = Promise.withResolvers<RunSession>();
    const mine: Active = { abort, isPausing: false, ended: finished.promise };
    active = mine;
    let state: RunState | null = null;
    const begun = createRunSession(plan, new Date());
    session = begun;
    publishSession();
    const runOptions: RunOptions = {
      wait,
      signal: abort.signal,
      isPausing: () => mine.isPausing,
      sensors,
      ...(options.openSensors === undefined ? {} : { openSensors: options.openSensors }),
      ...(lockPath === undefined ? {} : { lockPath }),
      onEvent: (event) => {
        onEvent(event);
        if (event.type === 'finished') state = event.state;
        if (event.type !== 'started') return;
        // How it is stored when nothing better comes: an error after this leaves the run interrupted.
        state = 'interrupted';
        stored.resolve(event.runId);
      },
    };
    const settle = (failure: InferometerError | null, defect: string | null): void => {
      const end = { at: new Date().toISOString(), state, failure: failure?.toFailure() ?? null, defect };
      const ended: RunSession = { ...(session ?? begun), phase: 'ended', progress: null, end };
      session = ended;
      active = null;
      throttle.drop();
      publishSession();
      finished.resolve(ended);
    };
    work(runOptions).then(
      () => settle(null, null),
      (error: unknown) => {
        const failure = toFailure(error, abort.signal);
        // Whoever started it hears of it, unless the run had begun: then the session tells.
        stored.reject(failure ?? error);
        if (failure === null) onDefect?.(error);
        settle(failure, failure === null ? String(error) : null);
      },
    );
    return stored.promise;
  }

  function setPausing(isPausing: boolean): RunSession | null {
    if (active === null || session === null) return null;
    active.isPausing = isPausing;
    session = { ...session, pausing: isPausing };
    publishSession();
    return session;
  }

  async function cancel(): Promise<RunSession | null> {
    if (active === null) return null;
    const { abort, ended } = active;
    abort.abort();
    return ended;
  }

  return {
    current: () => session,
    isMeasuring: () => active !== null || other !== null,
    start: (plan, { wait = false } = {}) => measure(plan, wait, (runOptions) => runPlan(plan, ports, runOptions)),
    async resume(runId, { wait = false, retry = false } = {}) {
      if (active?.isPausing === true && session?.runId === runId) {
        setPausing(false);
        return runId;
      }
      const { plan } = ports.storage.runs.get(runId);
      return measure(plan, wait, (runOptions) => resumePlan(runId, ports, { ...runOptions, retry }));
    },
    pause: () => setPausing(true),
    cancel,
    async takeMachine(work, signal) {
      if (closed) throw hostIsClosing();
      if (active !== null || other !== null) throw alreadyMeasuring(active === null ? null : session);
      const abort = new AbortController();
      const either = signal ? AbortSignal.any([abort.signal, signal]) : abort.signal;
      const running = work({ signal: either, ...(lockPath === undefined ? {} : { lockPath }) });
      other = { abort, ended: running.catch(() => undefined) };
      try {
        return await running;
      } finally {
        other = null;
      }
    },
    subscribe(signal) {
      const subscription = createSubscription(
        () => session,
        () => subscriptions.delete(subscription),
        signal,
      );
      if (closed || signal?.aborted) subscription.end();
      else subscriptions.add(subscription);
      return subscription.messages;
    },
    async close() {
      closed = true;
      other?.abort.abort();
      await Promise.all([cancel(), other?.ended]);
      for (const subscription of subscriptions) subscription.end();
    },
  };
}

function readCells({ storage }: RunPorts, runId: RunId): RunSession['cells'] {
  return storage.cells.ofRun(runId).map(({ config, outcome }) => ({ config, state: outcome.state }));
}

/** Hands on the latest value at once, or when the interval since the one before is over. */
function createThrottle(deliver: (progress: CellProgress) => void) {
  let latest: CellProgress | null = null;
  let timer: NodeJS.Timeout | null = null;
  const onTime = (): void => {
    timer = null;
    if (latest === null) return;
    deliver(latest);
    latest = null;
    timer = setTimeout(onTime, progressIntervalMs);
  };
  return {
    offer(progress: CellProgress) {
      latest = progress;
      if (timer === null) onTime();
    },
    drop() {
      latest = null;
    },
  };
}

function toFailure(error: unknown, signal: AbortSignal): InferometerError | null {
  if (error instanceof InferometerError) return error;
  if (!signal.aborted) return null;
  return new InferometerError(
    {
      code: 'CANCELLED',
      message: 'The measurement was cancelled before it began.',
      remedy: 'Start it again when convenient.',
    },
    { cause: error },
  );
}

function alreadyMeasuring(session: RunSession | null): InferometerError {
  return new InferometerError({
    code: 'MACHINE_BUSY',
    message: `A measurement is running here already${session === null ? '' : ` (since ${session.startedAt})`}.`,
    remedy: 'Wait for it to end, or cancel it.',
    data: { pid: process.pid, ...(session?.runId ? { runId: session.runId } : {}) },
  });
}

function hostIsClosing(): InferometerError {
  return new InferometerError({
    code: 'CANCELLED',
    message: 'The application is closing.',
    remedy: 'Start it again, then measure.',
  });
}
