import { z } from 'zod';
import { failureSchema } from '../errors.ts';
import { cellIdSchema, runIdSchema, sha256Schema } from './ids.ts';
import { measurementSchema, validitySchema } from './measurement.ts';
import { cellConfigSchema, planSchema } from './plan.ts';

/** Why a process that measured is gone. */
export const exitReasonSchema = z.object({
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** Last lines of its standard error. */
  stderrTail: z.string(),
});
export type ExitReason = z.infer<typeof exitReasonSchema>;

/** Which deadline struck: no handshake, no sign of life within a task, or the whole task. */
const timeLimitSchema = z.enum(['start', 'silence', 'task']);
export type TimeLimit = z.infer<typeof timeLimitSchema>;

/**
 * Why a configuration was left out: more threads at once than processors, too slow for the service level at a smaller
 * batch already, or a provider that ceased to work.
 */
const skipCauseSchema = z.enum(['too-many-threads', 'hopeless', 'provider-lost']);
export type SkipCause = z.infer<typeof skipCauseSchema>;

/** How a configuration ended. Going wrong is data, never an exception. */
export const cellOutcomeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('pending') }),
  z.object({ state: z.literal('running') }),
  z.object({ state: z.literal('completed'), measurement: measurementSchema, validity: validitySchema }),
  /** Expected refusal before or during the measurement: provider unavailable, model not runnable. */
  z.object({ state: z.literal('failed'), failure: failureSchema }),
  z.object({ state: z.literal('crashed'), exit: exitReasonSchema, stage: z.string(), keptSamples: z.number().int() }),
  z.object({
    state: z.literal('timed-out'),
    stage: z.string(),
    limit: timeLimitSchema,
    deadlineS: z.number(),
    keptSamples: z.number().int(),
  }),
  z.object({ state: z.literal('cancelled'), stage: z.string(), keptSamples: z.number().int() }),
  /** Left out because of what the machine is or what the run had shown; nothing was measured. */
  z.object({ state: z.literal('skipped'), cause: skipCauseSchema, reason: z.string(), remedy: z.string() }),
]);
export type CellOutcome = z.infer<typeof cellOutcomeSchema>;
export type CellState = CellOutcome['state'];

/** Everything needed to repeat or distrust a result (docs/method/measurement.md, provenance). */
export const provenanceSchema = z.object({
  schemaVersion: z.literal(1),
  app: z.object({ version: z.string(), commit: z.string().nullable() }),
  model: z.object({
    id: z.string(),
    path: z.string().nullable(),
    sha256: sha256Schema,
    opsets: z.record(z.string(), z.number().int()),
    irVersion: z.number().int(),
    sizeBytes: z.number().int(),
    parameters: z.number().int(),
  }),
  quantization: z.object({ recipe: z.string(), calibrationSha256: z.string().nullable() }).nullable(),
  inputs: z.object({
    source: z.enum(['generated', 'files', 'labelled']),
    seed: z.number().int().nullable(),
    sha256: sha256Schema,
    distinct: z.number().int(),
    /** What was assumed about generated values, one sentence each. */
    remarks: z.array(z.string()),
  }),
  runtime: z.object({
    onnxruntime: z.string(),
    node: z.string(),
    provider: z.string(),
    device: z.string().nullable(),
    driver: z.string().nullable(),
    cuda: z.string().nullable(),
    /** File names of loaded GPU libraries, which carry their versions. */
    libraries: z.array(z.string()),
  }),
  /** Session options as resolved and handed to ONNX Runtime. */
  sessionOptions: z.record(z.string(), z.unknown()),
  /** What the provider worked with besides: defaults that JavaScript does not reach, as they were resolved. */
  providerOptions: z.record(z.string(), z.string()).optional(),
  /** SHA-256 of the machine report of the process that measured this cell. */
  machineSha256: sha256Schema,
  /** Identity of the machine, equal for results that may be compared (docs/method/hardware.md). */
  machineFingerprint: sha256Schema,
  /** Command that repeats this cell. */
  command: z.string(),
  startedAt: z.string(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const cellRecordSchema = z.object({
  id: cellIdSchema,
  runId: runIdSchema,
  index: z.number().int().nonnegative(),
  config: cellConfigSchema,
  outcome: cellOutcomeSchema,
  provenance: provenanceSchema.nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type CellRecord = z.infer<typeof cellRecordSchema>;

/** "paused": stopped between two configurations on request; "interrupted": its process ended without being asked to. */
export const runStateSchema = z.enum(['running', 'completed', 'paused', 'cancelled', 'interrupted']);
export type RunState = z.infer<typeof runStateSchema>;

/** What the names of a plan stood for when it was begun; a run goes on only with the same files. */
export const planFilesSchema = z.object({
  models: z.array(z.object({ id: z.string(), sha256: sha256Schema })),
  /** SHA-256 over the test data of the plan's folder; null for generated inputs. */
  inputsSha256: sha256Schema.nullable(),
});
export type PlanFiles = z.infer<typeof planFilesSchema>;

export const runRecordSchema = z.object({
  id: runIdSchema,
  plan: planSchema,
  files: planFilesSchema,
  state: runStateSchema,
  /** SHA-256 of the machine report of its start; cells measured after a resume name the report of that. */
  machineSha256: sha256Schema,
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
