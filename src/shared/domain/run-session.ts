import { z } from 'zod';
import { failureSchema } from '../errors.ts';
import { runIdSchema } from './ids.ts';
import { cellConfigSchema, planSchema } from './plan.ts';
import { cellOutcomeSchema, runStateSchema } from './run.ts';

/** How far the configuration that is being measured has come; times in ns. */
export const cellProgressSchema = z.object({
  index: z.number().int().nonnegative(),
  /** Number of the engine process within the configuration. */
  process: z.number().int().nonnegative(),
  stage: z.string(),
  queries: z.number().int().nonnegative(),
  elapsedNs: z.number().nonnegative(),
  /** null: nothing tells yet. */
  remainingNs: z.number().nullable(),
  latestLatencyNs: z.number().nullable(),
});
export type CellProgress = z.infer<typeof cellProgressSchema>;

const sessionCellSchema = z.object({
  config: cellConfigSchema,
  state: z.enum(['pending', 'running', 'completed', 'failed', 'crashed', 'timed-out', 'cancelled']),
});

/** A measurement that a host runs, or the last one that it ran: everything a screen needs to show it from nothing. */
export const runSessionSchema = z.object({
  plan: planSchema,
  startedAt: z.string(),
  phase: z.enum(['waiting', 'preparing', 'measuring', 'ended']),
  /** The other measurement on this machine that this one waits for. */
  waitingFor: z.object({ pid: z.number().int(), since: z.string() }).nullable(),
  /** The model that is being read or built, with the share that is done. */
  preparing: z.object({ model: z.string(), share: z.number() }).nullable(),
  /** null until the run is stored. */
  runId: runIdSchema.nullable(),
  cells: z.array(sessionCellSchema),
  /** Of the configuration that is measured now. */
  progress: cellProgressSchema.nullable(),
  /** Latencies seen in passing during the measured part of the current process, thinned out to a bounded number. */
  trace: z.object({ elapsedNs: z.array(z.number()), latencyNs: z.array(z.number()) }),
  /** Results that could not be stored; they are lost with this session. */
  unsaved: z.array(z.object({ index: z.number().int().nonnegative(), outcome: cellOutcomeSchema })),
  /** How it ended. A defect is a failure that nobody foresaw, as one sentence. */
  end: z
    .object({
      at: z.string(),
      state: runStateSchema.nullable(),
      failure: failureSchema.nullable(),
      defect: z.string().nullable(),
    })
    .nullable(),
});
export type RunSession = z.infer<typeof runSessionSchema>;

/**
 * One message of the stream about the running measurement. The first is always "session"; another one follows
 * whenever more than progress has changed, so a reader may join, or fall behind, at any time.
 */
export const sessionMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session'), session: runSessionSchema.nullable() }),
  z.object({ type: z.literal('progress'), progress: cellProgressSchema }),
]);
export type SessionMessage = z.infer<typeof sessionMessageSchema>;

/** A trace never grows beyond this; at twice the usual rate of progress it is a minute. */
const longestTrace = 1_200;

/** The session after a message of progress; the one before is left as it was. */
export function withProgress(session: RunSession, progress: CellProgress): RunSession {
  return { ...session, progress, trace: extendTrace(session, progress) };
}

/** Keeps the whole course of the measured part: when the trace is full, every second point goes. */
function extendTrace({ trace, progress: before }: RunSession, progress: CellProgress): RunSession['trace'] {
  const { stage, process, elapsedNs, latestLatencyNs } = progress;
  if (stage !== 'measured' || latestLatencyNs === null) return trace;
  const kept = before !== null && before.process !== process ? { elapsedNs: [], latencyNs: [] } : trace;
  const thin = (values: readonly number[]): number[] =>
    values.length < longestTrace ? [...values] : values.filter((_, position) => position % 2 === 0);
  return { elapsedNs: [...thin(kept.elapsedNs), elapsedNs], latencyNs: [...thin(kept.latencyNs), latestLatencyNs] };
}
