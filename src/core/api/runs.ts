import type { RunId } from '../../shared/domain/ids.ts';
import { InferometerError } from '../../shared/errors.ts';
import { untilQuiet } from './context.ts';
import { api } from './implement.ts';

function notMeasured(runId: RunId | null): InferometerError {
  return new InferometerError({
    code: 'NOT_FOUND',
    message: runId === null ? 'Nothing is being prepared for measuring.' : `The run ${runId} is not being measured.`,
    remedy: 'Reload what is shown; the measurement may have ended by itself.',
  });
}

export const runs = {
  start: api.runs.start.handler(async ({ context, input: { plan, wait } }) => {
    await untilQuiet(context);
    return { runId: await context.sessions.start(plan, { wait }) };
  }),
  resume: api.runs.resume.handler(async ({ context, input: { runId, wait, retry } }) => {
    await untilQuiet(context);
    return { runId: await context.sessions.resume(runId, { wait, retry }) };
  }),
  pause: api.runs.pause.handler(({ context: { sessions }, input: { runId } }) => {
    const session = sessions.current()?.runId === runId ? sessions.pause() : null;
    if (session !== null) return session;
    throw notMeasured(runId);
  }),
  cancel: api.runs.cancel.handler(async ({ context: { sessions }, input: { runId } }) => {
    // A page that shows an older run must not stop the one that began since.
    const session = sessions.current()?.runId === runId ? await sessions.cancel() : null;
    if (session !== null) return session;
    throw notMeasured(runId);
  }),
  progress: api.runs.progress.handler(({ context: { sessions }, signal }) => sessions.subscribe(signal)),
  list: api.runs.list.handler(({ context: { core }, input }) => core.storage.runs.list(input)),
  get: api.runs.get.handler(({ context: { core }, input: { runId } }) => ({
    run: core.storage.runs.get(runId),
    cells: core.storage.cells.ofRun(runId),
  })),
  delete: api.runs.delete.handler(({ context: { core }, input: { runId } }) => core.storage.runs.delete(runId)),
};
