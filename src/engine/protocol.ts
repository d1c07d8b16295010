import { z } from 'zod';
import { elementTypeSchema } from '../shared/domain/model.ts';
import { harnessSchema } from '../shared/domain/measurement.ts';
import { warmUpRuleSchema, scenarioIdSchema } from '../shared/domain/plan.ts';
import { providerIdSchema, providerStatusSchema } from '../shared/domain/provider.ts';
import { inputFileSchema, sessionConfigSchema, tensorPayloadSchema } from './protocol-parts.ts';
import { calibrateResultSchema, calibrateTaskSchema } from './tasks/calibrate-messages.ts';
import { coldStartResultSchema, coldStartTaskSchema } from './tasks/cold-start-messages.ts';
import { decodeResultSchema, decodeTaskSchema } from './tasks/decode-messages.ts';
import { evaluatePoolResultSchema, evaluatePoolTaskSchema, poolOutputsSchema } from './tasks/evaluate-pool-messages.ts';
import { profileResultSchema, profileTaskSchema } from './tasks/profile-messages.ts';
import { blockRequestSchema, pairResultSchema, pairTaskSchema, turnSchema } from './tasks/pair-messages.ts';
import { loadCheckResultSchema, loadCheckTaskSchema } from './tasks/load-check-messages.ts';
import { optimizeResultSchema, optimizeTaskSchema } from './tasks/optimize-messages.ts';
import { serverLoadTaskSchema, serverResultSchema } from './tasks/server-messages.ts';

export type { InputFile, SessionConfig, TensorPayload } from './protocol-parts.ts';
export type { ProfiledNode, ProfileResult, ProfileTask } from './tasks/profile-messages.ts';
export type { CalibrateResult, CalibrateTask } from './tasks/calibrate-messages.ts';
export type { ColdStartResult, ColdStartTask } from './tasks/cold-start-messages.ts';
export type { DecodeResult, DecodeTask } from './tasks/decode-messages.ts';
export type { LoadCheckResult } from './tasks/load-check-messages.ts';
export type { BlockRequest, PairResult, PairTask } from './tasks/pair-messages.ts';
export type { ServerLoadTask, ServerResult } from './tasks/server-messages.ts';

/**
 * Messages between the core and an engine process. Both ends ship together, so the version only guards against a
 * stale build: the engine announces it first and the core refuses any other.
 */
export const protocolVersion = 1;

export const measureTaskSchema = z.object({
  kind: z.literal('measure'),
  session: sessionConfigSchema,
  inputs: inputFileSchema,
  scenario: scenarioIdSchema,
  /** Samples that one query carries, as asked for. */
  batch: z.number().int().positive(),
  /** Output whose leading dimension tells the executed samples; null where no output has one. */
  batchOutput: z.string().nullable(),
  minDurationS: z.number().positive(),
  minQueries: z.number().int().positive(),
  /** Scenario "server": its schedule, which reaches both minima. */
  load: serverLoadTaskSchema.optional(),
  /** Scenario "idle-gap". */
  pauseMs: z.number().nonnegative().optional(),
  /** Scenario "decode". */
  decode: decodeTaskSchema.optional(),
  /** Other engines work at the same time: begin and end with them, see `barrierSchema`. */
  together: z.boolean().optional(),
  warmUp: warmUpRuleSchema,
  /** A trial of a search: nothing is checked after the measured part. */
  isTrial: z.literal(true).optional(),
  /** Most stamps to keep; beyond it every k-th query is kept, k fixed after warm-up. */
  maxKept: z.number().int().positive(),
  /** Identity model for the disclosure of the harness's own cost. */
  identityModel: z.string(),
});
export type MeasureTask = z.infer<typeof measureTaskSchema>;

export const taskSchema = z.discriminatedUnion('kind', [
  /** Creates a session with CPU fallback disabled, runs it and checks the answer. */
  z.object({ kind: z.literal('probe'), session: sessionConfigSchema }),
  /** Reads the reason of a failure out of what was thrown and printed. */
  z.object({ kind: z.literal('explain'), provider: providerIdSchema, thrown: z.string(), stderr: z.string() }),
  z.object({ kind: z.literal('self-test'), identityModel: z.string() }),
  /** Names, types and declared shapes of a session's inputs and outputs. */
  z.object({ kind: z.literal('describe'), session: sessionConfigSchema }),
  z.object({
    kind: z.literal('evaluate'),
    session: sessionConfigSchema,
    feeds: z.record(z.string(), tensorPayloadSchema),
    /** null = all outputs. */
    fetches: z.array(z.string()).nullable(),
    /** False: only types and shapes of the outputs travel back. */
    withData: z.boolean(),
  }),
  measureTaskSchema,
  coldStartTaskSchema,
  loadCheckTaskSchema,
  evaluatePoolTaskSchema,
  profileTaskSchema,
  optimizeTaskSchema,
  calibrateTaskSchema,
  pairTaskSchema,
]);
export type Task = z.infer<typeof taskSchema>;
export type TaskKind = Task['kind'];

/** Where engines that work at once wait for each other: all are warm; all have measured enough. */
export const barrierSchema = z.enum(['warm', 'enough']);
export type Barrier = z.infer<typeof barrierSchema>;

export const toEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('task'), id: z.number().int(), task: taskSchema }),
  z.object({ type: z.literal('cancel') }),
  /** The core has dealt with one message of outputs; the engine sends the next only then, if more are wanted. */
  z.object({ type: z.literal('taken'), more: z.boolean() }),
  /** Every engine has reached this barrier. */
  z.object({ type: z.literal('pass'), barrier: barrierSchema }),
  /** Answer to "turn": what to run next; without a block the task ends. */
  z.object({ type: z.literal('blocks'), blocks: z.array(blockRequestSchema) }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

const engineVersionsSchema = z.object({ node: z.string(), onnxruntime: z.string() });
export type EngineVersions = z.infer<typeof engineVersionsSchema>;

const metadataSchema = z.object({
  name: z.string(),
  type: elementTypeSchema,
  dims: z.array(z.union([z.number(), z.string()])).nullable(),
});

export const measureResultSchema = z.object({
  kind: z.literal('measure'),
  /** True when a cancel message ended it early; what was measured until then has been sent. */
  cancelled: z.boolean(),
  sessionCreationNs: z.number(),
  firstInferenceNs: z.number(),
  warmUp: z.object({ runs: z.number().int(), durationNs: z.number(), steady: z.boolean() }),
  queries: z.number().int(),
  keptEvery: z.number().int(),
  durationNs: z.number(),
  /** Start of the measured part on the clock that all processes of the machine share. */
  startedAtNs: z.bigint(),
  /** Leading dimension of the batch output over all queries; null without such an output. */
  executedBatch: z.object({ min: z.number().int(), max: z.number().int() }).nullable(),
  /** Bytes of all outputs of one query, which ONNX Runtime's binding copies to JavaScript. */
  outputBytes: z.number().int(),
  cachingRatio: z.number().nullable(),
  rssBeforeBytes: z.number(),
  peakRssBytes: z.number(),
  /** Session options as handed to ONNX Runtime. */
  sessionOptions: z.record(z.string(), z.unknown()),
  /** What the provider works with besides; see `resolveOptions` of a provider. */
  providerOptions: z.record(z.string(), z.string()),
  /** Threads that compute one query, the calling one included; null where the system does not tell. */
  threadsUsed: z.number().int().positive().nullable(),
  /** File names of GPU libraries that the process has loaded, with their versions. */
  libraries: z.array(z.string()),
  harness: harnessSchema.nullable(),
  /** Scenario "server". */
  server: serverResultSchema.optional(),
  /** Scenario "decode". */
  decode: decodeResultSchema.optional(),
});
export type MeasureResult = z.infer<typeof measureResultSchema>;

export const taskResultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('probe'), result: providerStatusSchema }),
  z.object({ kind: z.literal('explain'), result: providerStatusSchema }),
  z.object({ kind: z.literal('self-test'), harness: harnessSchema }),
  z.object({ kind: z.literal('describe'), inputs: z.array(metadataSchema), outputs: z.array(metadataSchema) }),
  z.object({ kind: z.literal('evaluate'), outputs: z.record(z.string(), tensorPayloadSchema) }),
  measureResultSchema,
  coldStartResultSchema,
  loadCheckResultSchema,
  evaluatePoolResultSchema,
  profileResultSchema,
  optimizeResultSchema,
  calibrateResultSchema,
  pairResultSchema,
]);
export type TaskResult = z.infer<typeof taskResultSchema>;

/** Stages of a measurement, in order. */
export const stageSchema = z.enum(['start', 'session', 'first', 'warm-up', 'measured', 'checks']);
export type Stage = z.infer<typeof stageSchema>;

export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), protocolVersion: z.number().int(), versions: engineVersionsSchema }),
  /** Heartbeat: sent on every stage change and about twice a second between inferences. */
  z.object({
    type: z.literal('progress'),
    stage: stageSchema,
    queries: z.number().int(),
    elapsedNs: z.number(),
    /** ns until the measured part can end, estimated from the latest latency; null before it starts. */
    remainingNs: z.number().nullable(),
    latestLatencyNs: z.number().nullable(),
  }),
  /** Stamps kept since the last such message; a crash afterwards does not lose them. */
  z.object({
    type: z.literal('samples'),
    scheduledNs: z.instanceof(Float64Array).nullable(),
    issuedNs: z.instanceof(Float64Array),
    completedNs: z.instanceof(Float64Array),
  }),
  poolOutputsSchema,
  turnSchema,
  /** This engine has reached a barrier and goes on working until "pass" tells it that the others have. */
  z.object({ type: z.literal('reached'), barrier: barrierSchema }),
  z.object({ type: z.literal('done'), id: z.number().int(), result: taskResultSchema }),
  /** ONNX Runtime refused or the task threw; the process lives on. */
  z.object({ type: z.literal('failed'), id: z.number().int(), stage: stageSchema, message: z.string() }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
