import type { SessionConfig, Task, TensorPayload } from '../../engine/protocol.ts';
import { defaultDeadlines, startEngine, type Engine, type TaskEnd, type TaskOptions } from './engine-client.ts';
import type { SpawnEngine, SpawnOptions } from './engine-process.ts';
import { toEngineError } from './explain-failure.ts';
import { plainSession } from './session-config.ts';

/** A started engine, or ENGINE_FAILED. */
export async function requireEngine(spawn: SpawnEngine, options: SpawnOptions = {}): Promise<Engine> {
  const start = await startEngine(spawn, options);
  switch (start.state) {
    case 'ready':
      return start.engine;
    case 'crashed':
      throw toEngineError({ state: 'crashed', stage: 'start', exit: start.exit });
    case 'timed-out':
      throw toEngineError({ state: 'timed-out', stage: 'start', limit: 'start', deadlineS: defaultDeadlines.startS });
  }
}

/** Runs one task in an engine of its own. Throws InferometerError when it does not end well. */
export async function runOnce<T extends Task>(
  spawn: SpawnEngine,
  task: T,
  options: TaskOptions = {},
): Promise<Extract<TaskEnd<T['kind']>, { state: 'done' }>['result']> {
  await using engine = await requireEngine(spawn);
  const end: TaskEnd<T['kind']> = await engine.run(task, options);
  if (end.state !== 'done') throw toEngineError(end);
  return end.result;
}

/** Runs a model once on the CPU and returns the outputs asked for (null = all), data included unless told otherwise. */
export async function evaluateModel(
  spawn: SpawnEngine,
  modelPath: string,
  feeds: Readonly<Record<string, TensorPayload>>,
  options: TaskOptions & { fetches?: readonly string[]; withData?: boolean; session?: Partial<SessionConfig> } = {},
): Promise<Record<string, TensorPayload>> {
  const { fetches, withData = true, session = {}, ...taskOptions } = options;
  const task = {
    kind: 'evaluate' as const,
    session: plainSession(modelPath, session),
    feeds: { ...feeds },
    fetches: fetches === undefined ? null : [...fetches],
    withData,
  };
  return (await runOnce(spawn, task, taskOptions)).outputs;
}
