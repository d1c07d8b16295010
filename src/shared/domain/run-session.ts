import { z } from 'zod';
import { failureSchema } from '../errors.ts';
import { runIdSchema } from './ids.ts';
import { cellConfigSchema, planSchema } from './plan.ts';
import { present } from './provenance.ts';
import { cellOutcomeSchema, runStateSchema } from './run.ts';
import { sensorSampleSchema, sensorSeriesSchema, type SensorSeries } from './telemetry.ts';

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
  /** The newest readings of the sensors; absent before the first. */
  sensors: sensorSampleSchema.optional(),
});
export type CellProgress = z.infer<typeof cellProgressSchema>;

const sessionCellSchema = z.object({
  config: cellConfigSchema,
  state: z.enum(['pending', 'running', 'completed', 'failed', 'crashed', 'timed-out', 'cancelled', 'skipped']),
});

/** A measurement that a host runs, or the last one that it ran: everything a screen needs to show it from nothing. */
export const runSessionSchema = z.object({
  plan: planSchema,
  startedAt: z.string(),
  phase: z.enum(['waiting', 'preparing', 'measuring', 'ended']),
  /** True: it ends as "paused" when the configuration that is measured now has ended. */
  pausing: z.boolean().optional(),
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
  /** Readings during the same part, thinned out alike. Empty until the sensors of the configuration were looked for. */
  sensors: z.array(sensorSeriesSchema),
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

/** No series grows beyond this; a trace at twice the usual rate of progress is a minute, sensors are 10 minutes. */
const longestSeries = 1_200;

/** The session after a message of progress; the one before is left as it was. */
export function withProgress(session: RunSession, progress: CellProgress): RunSession {
  const { progress: before } = session;
  const isNewProcess = before !== null && before.process !== progress.process;
  const kept = isNewProcess ? { trace: emptyTrace(), sensors: withoutPoints(session.sensors) } : session;
  return {
    ...session,
    progress,
    trace: extendTrace(kept.trace, isNewProcess ? null : before, progress),
    sensors: extendSensors(kept.sensors, isNewProcess ? null : before, progress),
  };
}

/** A trace before anything was measured. */
export function emptyTrace(): RunSession['trace'] {
  return { elapsedNs: [], latencyNs: [] };
}

/** The same sensors before anything was read. */
export function withoutPoints(sensors: readonly SensorSeries[]): SensorSeries[] {
  return sensors.map((sensor) => {
    if (sensor.readings.status === 'absent') return sensor;
    return { ...sensor, readings: present({ ...sensor.readings.value, elapsedNs: [], value: [] }) };
  });
}

function extendTrace(
  trace: RunSession['trace'],
  before: CellProgress | null,
  { stage, elapsedNs, latestLatencyNs }: CellProgress,
): RunSession['trace'] {
  // A message that only brings readings of sensors repeats the rest.
  const isRepeated = before !== null && before.stage === stage && before.elapsedNs === elapsedNs;
  if (stage !== 'measured' || latestLatencyNs === null || isRepeated) return trace;
  return { elapsedNs: [...thin(trace.elapsedNs), elapsedNs], latencyNs: [...thin(trace.latencyNs), latestLatencyNs] };
}

/** Every message has the newest readings, so that none is lost to a reader who misses some: most were seen before. */
function extendSensors(
  sensors: readonly SensorSeries[],
  before: CellProgress | null,
  { sensors: sample }: CellProgress,
): SensorSeries[] {
  if (sample === undefined || before?.sensors?.elapsedNs === sample.elapsedNs) return [...sensors];
  return sensors.map((sensor) => {
    const value = sample.values[sensor.id];
    if (value === undefined || sensor.readings.status === 'absent') return sensor;
    const { elapsedNs, value: values, ...origin } = sensor.readings.value;
    const readings = present({
      ...origin,
      elapsedNs: [...thin(elapsedNs), sample.elapsedNs],
      value: [...thin(values), value],
    });
    return { ...sensor, readings };
  });
}

/** Keeps the whole course: when a series is full, every second point goes. */
function thin(values: readonly number[]): number[] {
  return values.length < longestSeries ? [...values] : values.filter((_, position) => position % 2 === 0);
}
