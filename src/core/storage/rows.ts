import type { z } from 'zod';
import type { CellConfig } from '../../shared/domain/plan.ts';
import { cellConfigSchema } from '../../shared/domain/plan.ts';
import type { Percentile, Validity } from '../../shared/domain/measurement.ts';
import type { CellOutcome, CellRecord, CellState } from '../../shared/domain/run.ts';
import { cellOutcomeSchema, provenanceSchema } from '../../shared/domain/run.ts';
import type { CellId, RunId } from '../../shared/domain/ids.ts';
import { cellIdSchema, runIdSchema } from '../../shared/domain/ids.ts';
import { InferometerError } from '../../shared/errors.ts';
import { readThroughput } from '../../shared/matrix/merit.ts';
import type { cells } from './schema.ts';

export type CellRow = typeof cells.$inferSelect;

/** Parts of a configuration that have no column of their own. */
export const variationSchema = cellConfigSchema.pick({
  instances: true,
  load: true,
  pauseMs: true,
  decode: true,
  trial: true,
});

/** What a list of configurations shows, without their outcomes. Latencies in ns, throughput in samples per second. */
export interface CellSummary extends z.infer<typeof variationSchema> {
  id: CellId;
  runId: RunId;
  index: number;
  model: string;
  provider: string;
  scenario: string;
  batch: number;
  threads: number;
  state: CellState;
  verdict: Validity['verdict'] | null;
  p50Ns: number | null;
  p50LowNs: number | null;
  p50HighNs: number | null;
  p99Ns: number | null;
  throughput: number | null;
  throughputLow: number | null;
  throughputHigh: number | null;
  startedAt: string | null;
  endedAt: string | null;
}

/** Columns that repeat parts of an outcome, so that lists need not read its JSON. */
export type OutcomeColumns = Pick<
  CellRow,
  'state' | 'verdict' | 'p50Ns' | 'p50LowNs' | 'p50HighNs' | 'p99Ns' | 'throughput' | 'throughputLow' | 'throughputHigh'
>;

/** Percentiles that the sample did not earn leave their columns empty. */
export function toOutcomeColumns(outcome: CellOutcome): OutcomeColumns {
  const summary = outcome.state === 'completed' ? outcome.measurement.summary : null;
  const p50 = findEarned(summary?.percentiles, 50);
  const throughput = outcome.state === 'completed' ? readThroughput(outcome.measurement) : null;
  return {
    state: outcome.state,
    verdict: outcome.state === 'completed' ? outcome.validity.verdict : null,
    p50Ns: p50?.value ?? null,
    p50LowNs: p50?.interval?.low ?? null,
    p50HighNs: p50?.interval?.high ?? null,
    p99Ns: findEarned(summary?.percentiles, 99)?.value ?? null,
    throughput: throughput?.value ?? null,
    throughputLow: throughput?.interval?.low ?? null,
    throughputHigh: throughput?.interval?.high ?? null,
  };
}

function findEarned(percentiles: readonly Percentile[] | undefined, percentile: number) {
  const found = percentiles?.find((one) => one.percentile === percentile);
  return found?.status === 'earned' ? found.reading : undefined;
}

export function toConfigColumns(config: CellConfig) {
  const { model, provider, scenario, batch, threads } = config;
  return { config: JSON.stringify(config), model, provider, scenario, batch, threads };
}

export function toCellRecord(row: CellRow): CellRecord {
  return {
    id: cellIdSchema.parse(row.id),
    runId: runIdSchema.parse(row.runId),
    index: row.idx,
    config: parseStored(cellConfigSchema, row.config, `cell ${row.id}`),
    outcome: parseStored(cellOutcomeSchema, row.outcome, `cell ${row.id}`),
    provenance: row.provenance === null ? null : parseStored(provenanceSchema, row.provenance, `cell ${row.id}`),
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}

/** Parses JSON that this application stored. Throws STORAGE_UNUSABLE when it was changed from outside. */
export function parseStored<Schema extends z.ZodType>(schema: Schema, json: string, subject: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new InferometerError(
      {
        code: 'STORAGE_UNUSABLE',
        message: `The stored ${subject} cannot be read; the database was changed by something else.`,
        remedy: 'Restore a backup (*.backup beside the database), or delete this entry.',
      },
      { cause },
    );
  }
}

/** The one spelling of a time of day in the database, so that times sort as text. Throws RangeError for no time. */
export function toStoredTime(time: string): string {
  return new Date(time).toISOString();
}

export function notFound(what: string): InferometerError {
  return new InferometerError({
    code: 'NOT_FOUND',
    message: `There is no ${what} in this database.`,
    remedy: 'List what is stored with "inferometer results", and check --data-dir.',
  });
}
