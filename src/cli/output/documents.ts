import { z } from 'zod';
import {
  comparisonRecordSchema,
  comparisonSideSchema,
  speedVerdictSchema,
  storedRatioSchema,
} from '../../shared/domain/comparison.ts';
import { harnessSchema } from '../../shared/domain/measurement.ts';
import { machineReportSchema } from '../../shared/domain/machine.ts';
import { methodCheckSchema } from '../../shared/domain/method-check.ts';
import { modelCostSchema, modelSummarySchema } from '../../shared/domain/model.ts';
import { objectiveSchema, serviceLevelSchema } from '../../shared/domain/plan.ts';
import { providerIdSchema, providerReportSchema } from '../../shared/domain/provider.ts';
import { quantizationSchema } from '../../shared/domain/quantization.ts';
import { readingSchema } from '../../shared/domain/provenance.ts';
import { rateSearchSchema } from '../../shared/domain/rate-search.ts';
import { recipeAdviceSchema } from '../../shared/domain/recipe-advice.ts';
import { listedProfileSchema, profileComparisonSchema, profileRecordSchema } from '../../shared/domain/profile.ts';
import { publishedResultSchema } from '../../shared/domain/published.ts';
import { cellRecordSchema, runRecordSchema } from '../../shared/domain/run.ts';
import {
  cellIdSchema,
  comparisonIdSchema,
  profileIdSchema,
  runIdSchema,
  sha256Schema,
} from '../../shared/domain/ids.ts';
import { sensitivitySchema } from '../../shared/domain/sensitivity.ts';
import { foundSensorSchema } from '../../shared/domain/telemetry.ts';
import { failureCodeSchema, failureSchema } from '../../shared/errors.ts';

/**
 * The JSON documents of the command line (docs/schemas/cli.v1.schema.json). Fields are only added within version 1.
 */
const schemaVersion = 1;

const detectDataSchema = z.object({ machine: machineReportSchema, providers: z.array(providerReportSchema) });
export type DetectData = z.infer<typeof detectDataSchema>;

const problemSchema = z.object({
  subject: z.string(),
  /** "blocking": nothing can be measured before it is dealt with. */
  severity: z.enum(['blocking', 'advice']),
  message: z.string(),
  remedy: z.string().nullable(),
});

const doctorDataSchema = z.object({
  machine: machineReportSchema,
  providers: z.array(providerReportSchema),
  /** What of this machine is watched while it measures, and why the rest is not. */
  sensors: z.array(foundSensorSchema),
  /** null: the engine did not start, or another measurement is running; see `problems`. */
  harness: harnessSchema.nullable(),
  dataDirectory: z.object({ path: z.string(), usable: z.boolean(), freeBytes: z.number().nullable() }),
  /** The measurement that holds this machine now. */
  lock: z.object({ pid: z.number().int(), since: z.string() }).nullable(),
  resumableRuns: z.array(runIdSchema),
  /** null where ONNX Runtime has no GPU libraries for this platform. */
  gpuLibraries: z
    .object({ status: z.enum(['not-installed', 'complete', 'incomplete']), missing: z.array(z.string()) })
    .nullable(),
  problems: z.array(problemSchema),
  /** With --method: how load is generated and timed, held against what must come out. */
  method: methodCheckSchema.optional(),
});
export type DoctorData = z.infer<typeof doctorDataSchema>;

const listedModelSchema = z.object({
  name: z.string(),
  kind: z.enum(['reference', 'imported', 'quantized']),
  title: z.string(),
  /** Publication or path. */
  source: z.string(),
  parameters: readingSchema,
  /** Multiply-accumulate operations of one sample; null where nothing tells without running the model. */
  macs: readingSchema.nullable(),
  /** null: a reference model that is built on first use. */
  sizeBytes: z.number().int().nullable(),
  /** False: a file is not where it was when the model was added. */
  present: z.boolean(),
  /** Absolute path of the first file that is gone: the model itself, or external data of it. */
  missing: z.string().nullable(),
  /** True: the file is the application's own, a copy of one that was handed to it or a variant; it goes with the model. */
  copied: z.boolean(),
  /** Of a file that this application quantized: its source (null: not listed any more), its recipe, and what it is good for. */
  variant: z.object({ of: z.string().nullable(), recipe: z.string(), isQualityVoid: z.boolean() }).nullable(),
});
export type ListedModel = z.infer<typeof listedModelSchema>;

const modelsListDataSchema = z.object({ models: z.array(listedModelSchema) });
const modelsAddDataSchema = z.object({ name: z.string(), path: z.string(), summary: modelSummarySchema });
const modelsRemoveDataSchema = z.object({ name: z.string() });

const inspectDataSchema = z.object({
  id: z.string(),
  path: z.string(),
  summary: modelSummarySchema,
  batch: z.number().int(),
  /** null: the cost could not be told, see `costFailure`. */
  cost: modelCostSchema.nullable(),
  costFailure: failureSchema.nullable(),
});
export type InspectData = z.infer<typeof inspectDataSchema>;

/** What was written; with --sensitivity and no file only the ranking, and without --to the proposals. */
const variantDataSchema = quantizationSchema.extend({
  /** What quantization costs, and which nodes were left for it; null without --max-drop and --sensitivity. */
  sensitivity: sensitivitySchema.nullable(),
});
export type QuantizeData = z.infer<typeof variantDataSchema>;
const quantizeDataSchema = z.union([
  variantDataSchema,
  z.strictObject({ sensitivity: sensitivitySchema }),
  z.object({ model: z.string(), provider: providerIdSchema, advice: recipeAdviceSchema }),
]);

const runDataSchema = z.object({
  run: runRecordSchema,
  cells: z.array(cellRecordSchema),
  /** Of a run that searched the highest rate: what each search found. */
  rateSearches: z.array(rateSearchSchema).optional(),
});
export type RunData = z.infer<typeof runDataSchema>;

const tuneDataSchema = runDataSchema.extend({
  tuning: z.object({
    objective: objectiveSchema,
    serviceLevel: serviceLevelSchema.nullable(),
    /** Configurations that the plan spans, those of them that were tried, and trials. */
    candidates: z.number().int(),
    tried: z.number().int(),
    trials: z.number().int(),
    /** null: nothing that was measured in full is valid and keeps the service level, or the search did not end. */
    winner: cellIdSchema.nullable(),
    /** What the objective looks at, of the winner. */
    merit: readingSchema.nullable(),
    /** ONNX Runtime's defaults, measured in full. */
    defaults: cellIdSchema.nullable(),
    /** How many times better the winner is; null where the defaults win or have no number. */
    gain: readingSchema.nullable(),
    /** With --price-per-hour, in its currency, on a machine that is always busy. */
    costOfThousand: z
      .object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable(), pricePerHour: z.number() })
      .nullable(),
    /** Measures the winner again. */
    command: z.string().nullable(),
  }),
});
export type TuneData = z.infer<typeof tuneDataSchema>;

const seriesSchema = z.object({
  cell: z.number().int(),
  process: z.number().int(),
  /** Where queries arrive on schedule; latency then counts from here. */
  scheduledNs: z.array(z.number()).optional(),
  issuedNs: z.array(z.number()),
  completedNs: z.array(z.number()),
});

const resultsListDataSchema = z.object({
  runs: z.array(
    runRecordSchema.extend({
      cells: z.number().int(),
      cellsByState: z.record(z.string(), z.number().int()),
      cellsByVerdict: z.record(z.string(), z.number().int()),
    }),
  ),
  /** True: there are older runs; a higher limit shows them. */
  more: z.boolean(),
});
const resultsShowDataSchema = runDataSchema.extend({
  /** Figures that others published for the same model family, device and precision, by index of the configuration. */
  published: z.array(z.object({ cell: z.number().int(), results: z.array(publishedResultSchema) })).optional(),
  /** null without --samples. */
  series: z.array(seriesSchema).nullable(),
});
const resultsDeleteDataSchema = z.object({ runId: runIdSchema });

const compareDataSchema = z.object({
  /** One for each candidate, in their order; empty with --stored. */
  comparisons: z.array(comparisonRecordSchema),
  /** null without --stored. */
  stored: storedRatioSchema.nullable(),
});
export type CompareData = z.infer<typeof compareDataSchema>;

const comparisonsListDataSchema = z.object({
  comparisons: z.array(
    z.object({
      id: comparisonIdSchema,
      groupId: comparisonIdSchema,
      baseline: comparisonSideSchema,
      candidate: comparisonSideSchema,
      createdAt: z.string(),
      verdict: speedVerdictSchema.nullable(),
      /** False: a finding takes the verdict its meaning. */
      holds: z.boolean(),
      speedup: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }).nullable(),
    }),
  ),
  /** True: there are older ones; a higher limit shows them. */
  more: z.boolean(),
});
const comparisonsShowDataSchema = z.object({
  comparison: comparisonRecordSchema,
  /** Block medians in order; null without --pairs. */
  pairs: z.object({ baselineNs: z.array(z.number()), candidateNs: z.array(z.number()) }).nullable(),
});
const comparisonsDeleteDataSchema = z.object({ comparisonId: comparisonIdSchema });

const profileDataSchema = z.object({
  /** That of the model, then that of --against. */
  profiles: z.array(profileRecordSchema),
  /** null without --against. */
  comparison: profileComparisonSchema.nullable(),
});
export type ProfileData = z.infer<typeof profileDataSchema>;

const profilesListDataSchema = z.object({
  profiles: z.array(listedProfileSchema),
  /** True: there are older ones; a higher limit shows them. */
  more: z.boolean(),
});
const profilesShowDataSchema = z.object({
  profile: profileRecordSchema,
  /** null without --against. */
  comparison: profileComparisonSchema.nullable(),
});
const profilesDeleteDataSchema = z.object({ profileId: profileIdSchema });

const exportedSchema = z.object({
  runId: runIdSchema,
  format: z.string(),
  path: z.string(),
  sizeBytes: z.number().int(),
  sha256: sha256Schema,
});
export type Exported = z.infer<typeof exportedSchema>;

const benchDataSchema = z.object({
  machine: machineReportSchema,
  providers: z.array(providerReportSchema),
  runs: z.array(runDataSchema),
  /** What was left out, and why. */
  skipped: z.array(z.object({ what: z.string(), reason: z.string() })),
  exports: z.array(exportedSchema),
  elapsedS: z.number(),
});
export type BenchData = z.infer<typeof benchDataSchema>;

const serveDataSchema = z.object({
  /** Address to open, with the token of this launch; good until the command ends. */
  url: z.string(),
  /** On 127.0.0.1. */
  port: z.number().int(),
  dataDirectory: z.string(),
});
export type ServeData = z.infer<typeof serveDataSchema>;

const gpuDataSchema = z.object({ directory: z.string(), libraries: z.array(z.string()) });

const dataSchemas = {
  detect: detectDataSchema,
  doctor: doctorDataSchema,
  'models list': modelsListDataSchema,
  'models add': modelsAddDataSchema,
  'models remove': modelsRemoveDataSchema,
  inspect: inspectDataSchema,
  quantize: quantizeDataSchema,
  run: runDataSchema,
  tune: tuneDataSchema,
  'results list': resultsListDataSchema,
  'results show': resultsShowDataSchema,
  'results delete': resultsDeleteDataSchema,
  compare: compareDataSchema,
  'comparisons list': comparisonsListDataSchema,
  'comparisons show': comparisonsShowDataSchema,
  'comparisons delete': comparisonsDeleteDataSchema,
  profile: profileDataSchema,
  'profiles list': profilesListDataSchema,
  'profiles show': profilesShowDataSchema,
  'profiles delete': profilesDeleteDataSchema,
  export: exportedSchema,
  bench: benchDataSchema,
  serve: serveDataSchema,
  'gpu install': gpuDataSchema,
  'gpu remove': gpuDataSchema,
} as const;

const errorDocumentSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  /** null: the command line names no command. */
  command: z.string().nullable(),
  ok: z.literal(false),
  error: failureSchema.extend({ code: z.union([failureCodeSchema, z.literal('INTERNAL')]) }),
});

function okDocumentSchema<T extends z.ZodType>(command: string, data: T) {
  return z.object({
    schemaVersion: z.literal(schemaVersion),
    command: z.literal(command),
    ok: z.literal(true),
    data,
  });
}

/** What `--json` writes: one of these, by `command` and `ok`. */
export const commandDocumentSchema = z.union([
  ...Object.entries(dataSchemas).map(([command, data]) => okDocumentSchema(command, data)),
  errorDocumentSchema,
]);

/** The published JSON Schema of every document of the command line. */
export function toCommandJsonSchema(): object {
  const published = z.registry<{ id?: string; title?: string; description?: string }>();
  const named = {
    Reading: readingSchema,
    Machine: machineReportSchema,
    Provider: providerReportSchema,
    ModelSummary: modelSummarySchema,
    ModelCost: modelCostSchema,
    Run: runRecordSchema,
    Cell: cellRecordSchema,
    Comparison: comparisonRecordSchema,
    Profile: profileRecordSchema,
  };
  for (const [id, schema] of Object.entries(named)) published.add(schema, { id });
  published.add(commandDocumentSchema, {
    title: 'Inferometer command line, version 1',
    description:
      'The one document that a command writes to standard output with --json. Names carry units: ...Ns nanoseconds, ...Bytes bytes, ...S seconds.',
  });
  // The schema of input leaves objects open, so that fields can be added within the version.
  return z.toJSONSchema(commandDocumentSchema, { target: 'draft-2020-12', io: 'input', metadata: published });
}
