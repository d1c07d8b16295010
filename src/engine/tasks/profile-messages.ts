import { z } from 'zod';
import { inputFileSchema, sessionConfigSchema } from '../protocol-parts.ts';

/** Runs a model with ONNX Runtime's profiler. Profiling costs time, so nothing of it is a measurement of the model. */
export const profileTaskSchema = z.object({
  kind: z.literal('profile'),
  session: sessionConfigSchema,
  inputs: inputFileSchema,
  /** Feeds of the file that are run in turn, from the first. */
  feeds: z.number().int().positive(),
  /** Runs end when the time is over, after at least three, or when this many are done. */
  maxRuns: z.number().int().positive(),
  maxS: z.number().positive(),
  /** Empty folder for the profile and the optimized graph; whoever sends the task deletes it. */
  folder: z.string(),
  /** Also write the optimized graph; providers that compile parts of it refuse. */
  withGraph: z.boolean(),
  /** False: the same runs without the profiler, which tell what it costs. Left out: with it. */
  withProfiler: z.boolean().optional(),
});
export type ProfileTask = z.infer<typeof profileTaskSchema>;

const valueSchema = z.object({ type: z.string(), dims: z.array(z.number()) });

/** One node of the optimized graph as it ran. */
export const profiledNodeSchema = z.object({
  /** ONNX Runtime makes names for nodes without one: operator and number. */
  name: z.string(),
  /** Operator without its domain, which the profile does not have. */
  operator: z.string(),
  /** Name of the execution provider's class, e.g. "CPUExecutionProvider". */
  provider: z.string(),
  /** Number of the node in its graph; nodes of nested graphs count from 0 again. */
  index: z.number().int(),
  /** How often it ran in one run of the model. */
  calls: z.number(),
  /** Time in each run, without that of nodes nested in it. On GPUs this is the time to enqueue. */
  durationsNs: z.array(z.number()),
  /** Mean time on the GPU in one run; null where the provider does not record it. */
  gpuNs: z.number().nullable(),
  /** Of the last call. Weights that were prepacked are not among the inputs. */
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  parameterBytes: z.number(),
  activationBytes: z.number(),
  outputBytes: z.number(),
});
export type ProfiledNode = z.infer<typeof profiledNodeSchema>;

export const profileResultSchema = z.object({
  kind: z.literal('profile'),
  /** Time of each profiled run inside ONNX Runtime; the first run of the session is not among them. */
  runsNs: z.array(z.number()),
  /** Time of each such run from the call to outputs in host memory; also without the profiler. */
  hostNs: z.array(z.number()),
  /** Bytes of all outputs of one run. */
  outputBytes: z.number().int().nonnegative(),
  /** As handed to ONNX Runtime. */
  sessionOptions: z.record(z.string(), z.unknown()),
  /** What the provider works with besides; see `resolveOptions` of a provider. */
  providerOptions: z.record(z.string(), z.string()),
  /** File names of GPU libraries that the process has loaded, with their versions. */
  libraries: z.array(z.string()),
  /** In the order in which they ran; empty without the profiler. */
  nodes: z.array(profiledNodeSchema),
  /** File of the optimized graph in the folder, with its weights beside it; null where it was not asked for. */
  graphPath: z.string().nullable(),
});
export type ProfileResult = z.infer<typeof profileResultSchema>;
