import { z } from 'zod';
import { measurementSchema, percentileSchema, seriesSummarySchema } from '../../shared/domain/measurement.ts';
import { planSchema } from '../../shared/domain/plan.ts';
import { readingSchema } from '../../shared/domain/provenance.ts';
import { cellRecordSchema, provenanceSchema, runRecordSchema } from '../../shared/domain/run.ts';
import { sha256Schema, type RunId } from '../../shared/domain/ids.ts';
import { sensorSeriesSchema } from '../../shared/domain/telemetry.ts';
import type { Storage } from '../storage/open.ts';
import type { StoredSeries } from '../storage/series.ts';
import type { StoredTelemetry } from '../storage/telemetry.ts';

/** Raised when a field changes its meaning or goes away; fields may be added without. */
const RUN_EXPORT_VERSION = 1;

/** What the published schema says beyond types: names for what occurs often, and what the fields mean. */
const published = z.registry<{ id?: string; title?: string; description?: string }>();
for (const [id, schema] of Object.entries({
  Reading: readingSchema,
  Percentile: percentileSchema,
  SeriesSummary: seriesSummarySchema,
  Measurement: measurementSchema,
  Provenance: provenanceSchema,
  Plan: planSchema,
  Sensor: sensorSeriesSchema,
})) {
  published.add(schema, { id });
}

const stampSchema = z.number().int();

function stampsSchema(event: string) {
  return z
    .array(stampSchema)
    .register(published, { description: `Time at which each query ${event}, ns from the start of the measured part.` });
}

const exportedSeriesSchema = z
  .object({
    process: z
      .number()
      .int()
      .nonnegative()
      .register(published, { description: 'Index of the engine process within the configuration.' }),
    scheduledNs: stampsSchema('was due')
      .nullable()
      .register(published, { description: 'null in closed-loop scenarios, where queries have no schedule.' }),
    issuedNs: stampsSchema('was issued'),
    completedNs: stampsSchema('completed'),
  })
  .register(published, {
    id: 'Series',
    description:
      'Kept queries in order of issue, one entry per query and field. Latency is completedNs - scheduledNs, or completedNs - issuedNs in closed loops.',
  });

const exportedTelemetrySchema = z
  .object({ process: z.number().int().nonnegative(), sensors: z.array(sensorSeriesSchema) })
  .register(published, {
    id: 'Telemetry',
    description:
      'What the sensors of the machine read beside one engine process, on the time axis of its stamps. The values of a counter are what came together since the configuration began, those of flags are bits.',
  });

const headSchema = z.object({
  format: z.literal('inferometer.run'),
  schemaVersion: z.literal(RUN_EXPORT_VERSION),
  run: runRecordSchema,
  machines: z
    .array(
      z.object({
        sha256: sha256Schema.register(published, {
          description: 'Of the report as canonical JSON (RFC 8785); what machineSha256 of a run or a provenance names.',
        }),
        fingerprint: sha256Schema.register(published, {
          description: 'Identity of the machine: reports of different times share it.',
        }),
        report: z.record(z.string(), z.json()).register(published, { description: 'The machine as detected.' }),
      }),
    )
    .min(1)
    .register(published, {
      description: 'First the report of the start of the run, then those of resumes that cells were measured under.',
    }),
});

/** A run with everything that is known about it, as the "json" format writes it. */
export const runExportDocumentSchema = headSchema
  .extend({
    cells: z.array(
      cellRecordSchema.extend({
        series: z.array(exportedSeriesSchema),
        /** Absent from exports of versions that did not store it. */
        telemetry: z.array(exportedTelemetrySchema).optional(),
      }),
    ),
  })
  .register(published, {
    title: 'Inferometer run, version 1',
    description:
      'Names carry units: ...Ns nanoseconds, ...Bytes bytes, ...S seconds. A Reading states its unit in "unit". Times of day are ISO 8601 in UTC.',
  });

/** First line of the "jsonl" format: the document without its samples, which follow one per line. */
export const runExportHeadSchema = headSchema.extend({ cells: z.array(cellRecordSchema) });
export type RunExportHead = z.infer<typeof runExportHeadSchema>;

/** One sample of the "jsonl" format. */
export const runExportSampleSchema = z.object({
  /** Index of the configuration. */
  cell: z.number().int().nonnegative(),
  process: z.number().int().nonnegative(),
  /** Position among the kept samples of its process. */
  sample: z.number().int().nonnegative(),
  scheduledNs: stampSchema.nullable(),
  issuedNs: stampSchema,
  completedNs: stampSchema,
});

/** What a writer gets: all but samples and readings at once, those of one engine process at a time. */
export interface RunExport {
  head: RunExportHead;
  series(cell: RunExportHead['cells'][number]): Iterable<StoredSeries>;
  telemetry(cell: RunExportHead['cells'][number]): Iterable<StoredTelemetry>;
}

/** Reads a run for export. Throws NOT_FOUND; reading samples later may throw STORAGE_UNUSABLE. */
export function readRunExport(storage: Storage, runId: RunId): RunExport {
  const run = storage.runs.get(runId);
  const cells = storage.cells.ofRun(runId);
  const named = new Set([run.machineSha256, ...cells.flatMap(({ provenance }) => provenance?.machineSha256 ?? [])]);
  return {
    head: {
      format: 'inferometer.run',
      schemaVersion: RUN_EXPORT_VERSION,
      run,
      machines: [...named].map((sha256) => {
        const { fingerprint, report } = storage.machines.get(sha256);
        return { sha256, fingerprint, report };
      }),
      cells,
    },
    series: ({ id }) => storage.series.read(id),
    telemetry: ({ id }) => storage.telemetry.read(id),
  };
}

/** The published JSON Schema of the "json" format (docs/schemas). */
export function toRunExportJsonSchema(): object {
  // The schema of input leaves objects open: a reader that holds to version 1 must accept fields added to it later.
  return z.toJSONSchema(runExportDocumentSchema, { target: 'draft-2020-12', io: 'input', metadata: published });
}
