import { z } from 'zod';
import { kernelsSchema } from './comparison.ts';
import { cellIdSchema, profileIdSchema } from './ids.ts';
import { findingSchema } from './measurement.ts';
import { placementSchema } from './placement.ts';
import { providerIdSchema } from './provider.ts';
import { observed, readingSchema } from './provenance.ts';
import { rooflineSchema } from './roofline.ts';
import { provenanceSchema } from './run.ts';

/** What is profiled: one configuration, as a measurement would run it. */
export const profilePlanSchema = z.object({
  /** Reference model id, name of an added model, or path of an .onnx file. */
  model: z.string().min(1),
  provider: providerIdSchema,
  batch: z.number().int().positive(),
  /** Intra-op threads; 0 = ONNX Runtime's default. */
  threads: z.number().int().nonnegative(),
  /** Device of the providers that have numbers for them; left out: their default, 0. */
  device: z.number().int().nonnegative().optional(),
  dims: z.record(z.string(), z.number().int().nonnegative()),
  seed: z.number().int().nonnegative(),
  /** Folder with test_data_set_* folders to use instead of generated inputs. */
  inputs: z.string().nullable(),
});
export type ProfilePlan = z.infer<typeof profilePlanSchema>;

/** Whether the roofline needs the peaks of this machine: those that are stored, measured where none are, or anew. */
export const peaksUseSchema = z.enum(['stored', 'measure', 'refresh']);
export type PeaksUse = z.infer<typeof peaksUseSchema>;

const operatorClassSchema = kernelsSchema.shape.operators.element.shape.class;
const valueSchema = z.object({ type: z.string(), dims: z.array(z.number()) });
export type ProfiledValue = z.infer<typeof valueSchema>;

/** One node of the graph that ONNX Runtime made of the model. */
export const profileNodeSchema = z.object({
  name: z.string(),
  /** "domain:Operator", or only the operator in the default domain. */
  operator: z.string(),
  class: operatorClassSchema,
  /** Name of the execution provider's class, e.g. "CPUExecutionProvider". */
  provider: z.string(),
  /** Node of the model that it is, or was made of; null: the runtime added it. */
  source: z.object({ node: z.string(), operator: z.string() }).nullable(),
  /** How often it ran in one query. */
  calls: z.number(),
  /** Time in one query with the profiler, ns: on the device where `clock` says so. */
  timeNs: z.number().nonnegative(),
  /** "enqueue": the device works on after this time, and the provider does not record how long. */
  clock: z.enum(['host', 'device', 'enqueue']),
  /** Time in which the calling thread was in the node, ns; equals `timeNs` unless the clock is the device's. */
  hostNs: z.number().nonnegative(),
  /** Of the time of all nodes, 0..1. */
  share: z.number().min(0).max(1),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  /** Operations of one query; null where the operator has no agreed count or a shape is not known. */
  flops: z.number().nonnegative().nullable(),
});
export type ProfileNode = z.infer<typeof profileNodeSchema>;

/** Nodes of one operator with the same shapes on the same provider, most time first. */
export const profileOperatorSchema = z.object({
  operator: z.string(),
  class: operatorClassSchema,
  provider: z.string(),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  /** Places in the list of nodes. */
  nodes: z.array(z.number().int().nonnegative()),
  timeNs: z.number().nonnegative(),
  share: z.number().min(0).max(1),
  flops: z.number().nonnegative().nullable(),
});
export type ProfileOperator = z.infer<typeof profileOperatorSchema>;

/** What one query is made of. Host to host is the headline; a part that cannot be told apart says so. */
export const queryPartsSchema = z.object({
  /** Without the profiler, from the call to outputs in host memory: median. */
  hostToHost: readingSchema,
  copyIn: observed(readingSchema),
  compute: observed(readingSchema),
  copyOut: observed(readingSchema),
  /** In which the calling thread hands work to the device. */
  enqueue: observed(readingSchema),
});
export type QueryParts = z.infer<typeof queryPartsSchema>;

/** The two passes over the same inputs, each in a fresh engine. */
export const profilePassesSchema = z.object({
  plainRuns: z.number().int().positive(),
  profiledRuns: z.number().int().positive(),
  /** Medians from host to host. */
  plain: readingSchema,
  profiled: readingSchema,
  /** Time with the profiler over time without it. */
  overhead: readingSchema,
  /** Standard deviation over mean of the plain pass; null below ten runs. */
  variation: z.number().nonnegative().nullable(),
});
export type ProfilePasses = z.infer<typeof profilePassesSchema>;

export const profileRecordSchema = z.object({
  id: profileIdSchema,
  plan: profilePlanSchema,
  /** The measured configuration that this belongs to, and with which it is deleted; null: it stands alone. */
  cellId: cellIdSchema.nullable(),
  createdAt: z.string(),
  durationS: z.number().nonnegative(),
  provenance: provenanceSchema,
  passes: profilePassesSchema,
  /** On the CPU the processor is the device. */
  placement: placementSchema,
  /** How a result of this configuration may be called: "cuda", "cuda, mixed", "cpu (cuda asked)". */
  label: z.string(),
  parts: queryPartsSchema,
  /** In the order in which they ran. */
  nodes: z.array(profileNodeSchema),
  operators: z.array(profileOperatorSchema),
  roofline: observed(rooflineSchema),
  /** Diagnoses with their remedies; "invalid" takes the result its label or its meaning. */
  findings: z.array(findingSchema),
});
export type ProfileRecord = z.infer<typeof profileRecordSchema>;

/** A profile as a list shows it. */
export const listedProfileSchema = z.object({
  id: profileIdSchema,
  cellId: cellIdSchema.nullable(),
  plan: profilePlanSchema,
  createdAt: z.string(),
  label: z.string(),
  deviceShare: z.number(),
  hostToHostNs: z.number(),
  /** Time with the profiler over time without it. */
  overhead: z.number(),
});
export type ListedProfile = z.infer<typeof listedProfileSchema>;

export const profileStageSchema = z.enum(['plain', 'profiled', 'counting', 'peaks']);
export type ProfileStage = z.infer<typeof profileStageSchema>;

/** What happens while a model is profiled, in order. */
export const profileMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('preparing'), model: z.string(), share: z.number() }),
  z.object({
    type: z.literal('progress'),
    stage: profileStageSchema,
    /** Of all stages, 0..1. */
    share: z.number().min(0).max(1),
  }),
  z.object({ type: z.literal('profiled'), record: profileRecordSchema }),
]);
export type ProfileMessage = z.infer<typeof profileMessageSchema>;

const comparedPartSchema = z
  .object({
    operators: z.array(z.string()),
    providers: z.array(z.string()),
    nodes: z.number().int().positive(),
    share: z.number().min(0).max(1),
    /** Its share of the time from host to host without the profiler, ns. */
    attributedNs: z.number().nonnegative(),
  })
  .nullable();
export type ComparedPart = z.infer<typeof comparedPartSchema>;

/** Two profiles side by side. */
export const profileComparisonSchema = z.object({
  baseline: listedProfileSchema,
  candidate: listedProfileSchema,
  /** "node": by the nodes of the model that both were made of. "operator": by kind of operator, quantized forms with their own. */
  matchedBy: z.enum(['node', 'operator']),
  /** Largest difference first; null where one side has nothing of it. */
  rows: z.array(
    z.object({
      key: z.string(),
      baseline: comparedPartSchema,
      candidate: comparedPartSchema,
      /** Candidate minus baseline, ns. */
      differenceNs: z.number(),
    }),
  ),
  /** What makes the two less comparable, one sentence each. */
  remarks: z.array(z.string()),
});
export type ProfileComparison = z.infer<typeof profileComparisonSchema>;
