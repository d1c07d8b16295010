import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { runIdSchema } from '../domain/ids.ts';
import { validitySchema } from '../domain/measurement.ts';
import { planSchema } from '../domain/plan.ts';
import { cellOutcomeSchema, cellRecordSchema, runRecordSchema, runStateSchema } from '../domain/run.ts';
import { runSessionSchema, sessionMessageSchema } from '../domain/run-session.ts';
import { operation } from './operation.ts';

const verdictSchema = validitySchema.shape.verdict;
const stateSchema = z.enum(cellOutcomeSchema.options.map((option) => option.shape.state.value));
const runOnly = z.object({ runId: runIdSchema });
const started = z.object({ runId: runIdSchema });
/** True: wait for another measurement on this machine instead of refusing. */
const wait = z.boolean().default(false);

const listedRunSchema = runRecordSchema.extend({
  cells: z.number().int(),
  cellsByState: z.partialRecord(stateSchema, z.number().int()),
  cellsByVerdict: z.partialRecord(verdictSchema, z.number().int()),
});

export const runs = {
  /**
   * Starts to measure. Answers when the models are ready and the run is stored; what happens before and after is in
   * `progress`. The measurement goes on when the caller goes away. Fails with MACHINE_BUSY.
   */
  start: operation.input(z.object({ plan: planSchema, wait })).output(started),
  /**
   * Goes on with a run that was paused, cancelled or interrupted; one that is about to pause goes on without. `retry`:
   * what crashed, timed out or was refused is measured again too.
   */
  resume: operation.input(runOnly.extend({ wait, retry: z.boolean().default(false) })).output(started),
  /**
   * Ends the run as "paused" when the configuration that is measured now has ended, and gives the machine back; `resume`
   * goes on. Answers at once, with `pausing` in the session. Fails with NOT_FOUND when that is not what runs.
   */
  pause: operation.input(runOnly).output(runSessionSchema),
  /**
   * Stops the measurement and answers when it has ended; what was measured is kept. `runId` null stops one that has
   * no id yet. Fails with NOT_FOUND when that is not what runs.
   */
  cancel: operation.input(z.object({ runId: runIdSchema.nullable() })).output(runSessionSchema),
  /** What this host measures, now and from now on, at most some ten messages a second. Ends when the host ends. */
  progress: operation.output(eventIterator(sessionMessageSchema)),
  list: operation
    .input(
      z.object({
        model: z.string().optional(),
        provider: z.string().optional(),
        verdict: verdictSchema.optional(),
        state: runStateSchema.optional(),
        since: z.iso.datetime().optional(),
        limit: z.number().int().min(1).max(500).default(50),
        cursor: runIdSchema.optional(),
      }),
    )
    .output(z.object({ items: z.array(listedRunSchema), nextCursor: runIdSchema.nullable() })),
  get: operation.input(runOnly).output(z.object({ run: runRecordSchema, cells: z.array(cellRecordSchema) })),
  /** Deletes a run with its results. Fails with USAGE while it is measured. */
  delete: operation.input(runOnly).output(z.void()),
};
