import { and, desc, eq, lt, or, sql } from './drizzle.ts';
import {
  comparisonRecordSchema,
  comparisonSideSchema,
  type ComparisonRecord,
  type ComparisonSide,
  type SpeedVerdict,
} from '../../shared/domain/comparison.ts';
import { comparisonIdSchema, type ComparisonId } from '../../shared/domain/ids.ts';
import type { SampleSeries } from '../../shared/domain/measurement.ts';
import type { Database } from './database.ts';
import { deleteUnnamedReports } from './machines.ts';
import { notFound, parseStored, toStoredTime } from './rows.ts';
import { comparisons, comparisonSeries } from './schema.ts';
import { decodeSeries, encodeSeries, SERIES_ENCODING } from './series-codec.ts';

/** Everything that was measured in a comparison, ns. */
export interface ComparisonSamples {
  /** Block medians of every pair; whole numbers. */
  pairs: { baselineNs: Float64Array; candidateNs: Float64Array };
  series: { baseline: SampleSeries; candidate: SampleSeries };
}

/** A comparison as a list shows it, read from columns alone. */
export interface ListedComparison {
  id: ComparisonId;
  groupId: ComparisonId;
  baseline: ComparisonSide;
  candidate: ComparisonSide;
  createdAt: string;
  /** The adjusted one where there is one. */
  verdict: SpeedVerdict | null;
  /** False: a finding takes the verdict its meaning. */
  holds: boolean;
  speedup: { value: number; low: number | null; high: number | null } | null;
}

export interface ComparisonFilter {
  /** On either side. */
  model?: string | undefined;
  /** Those of one plan. */
  groupId?: ComparisonId | undefined;
  /** 100 unless said otherwise. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: ComparisonId | undefined;
}

export interface ComparisonRepository {
  /**
   * Stores comparisons of one plan with their samples, null where nothing was measured: all of them or none. The
   * machine reports must be stored.
   */
  create(entries: readonly { record: ComparisonRecord; samples: ComparisonSamples | null }[]): void;
  /** Replaces the records of stored comparisons, which keep their samples. Throws NOT_FOUND. */
  update(records: readonly ComparisonRecord[]): void;
  /** Newest first. */
  list(filter?: ComparisonFilter): { items: ListedComparison[]; nextCursor: ComparisonId | null };
  /** Throws NOT_FOUND. */
  get(id: ComparisonId): ComparisonRecord;
  /** Block medians; empty where nothing was measured. Throws NOT_FOUND, STORAGE_UNUSABLE. */
  pairs(id: ComparisonId): ComparisonSamples['pairs'];
  /** Stamps of both sides; null where nothing was measured. Throws NOT_FOUND, STORAGE_UNUSABLE. */
  series(id: ComparisonId): ComparisonSamples['series'] | null;
  /** Deletes a comparison with its samples and machine report and gives the space back. Throws NOT_FOUND. */
  delete(id: ComparisonId): void;
}

const DEFAULT_LIMIT = 100;

export function createComparisonRepository(database: Database): ComparisonRepository {
  const { orm } = database;
  const selectRow = orm
    .select()
    .from(comparisons)
    .where(eq(comparisons.id, sql.placeholder('id')))
    .prepare();
  const selectPart = orm
    .select({ data: comparisonSeries.data })
    .from(comparisonSeries)
    .where(
      sql`${comparisonSeries.comparisonId} = ${sql.placeholder('id')} and ${comparisonSeries.part} = ${sql.placeholder('part')}`,
    )
    .prepare();

  function requireRow(id: ComparisonId) {
    const row = selectRow.get({ id });
    if (row === undefined) throw notFound(`comparison ${id}`);
    return row;
  }

  function readPart(id: ComparisonId, part: 'pairs' | 'baseline' | 'candidate'): SampleSeries | null {
    const row = database.read(() => {
      requireRow(id);
      return selectPart.get({ id, part });
    });
    return row === undefined ? null : decodeSeries(row.data);
  }

  return {
    create(entries) {
      // Checked and compressed outside the transaction, which holds the write lock.
      const rows = entries.map(({ record }) => toRow(record));
      const blobs = entries.flatMap(({ record, samples }) => (samples === null ? [] : toBlobs(record.id, samples)));
      database.write(() => {
        for (const row of rows) orm.insert(comparisons).values(row).run();
        for (const blob of blobs) orm.insert(comparisonSeries).values(blob).run();
      });
    },
    update(records) {
      const rows = records.map(toRow);
      database.write(() => {
        for (const row of rows) {
          const { changes } = orm.update(comparisons).set(row).where(eq(comparisons.id, row.id)).run();
          if (changes !== 1) throw notFound(`comparison ${row.id}`);
        }
      });
    },
    list: (filter = {}) => database.read(() => listComparisons(database, filter)),
    get: (id) => parseStored(comparisonRecordSchema, database.read(() => requireRow(id)).record, `comparison ${id}`),
    pairs(id) {
      const pairs = readPart(id, 'pairs');
      const none = new Float64Array(0);
      return { baselineNs: pairs?.issuedNs ?? none, candidateNs: pairs?.completedNs ?? none };
    },
    series(id) {
      const baseline = readPart(id, 'baseline');
      const candidate = readPart(id, 'candidate');
      return baseline === null || candidate === null ? null : { baseline, candidate };
    },
    delete(id) {
      database.write(() => {
        const { machineSha256 } = requireRow(id);
        orm.delete(comparisons).where(eq(comparisons.id, id)).run();
        deleteUnnamedReports(orm, [machineSha256]);
      });
      database.reclaim();
    },
  };
}

/** Columns and record, parsed first: a number that JSON cannot hold (NaN) would make the row unreadable for good. */
function toRow(unchecked: ComparisonRecord): typeof comparisons.$inferInsert {
  const record = comparisonRecordSchema.parse(unchecked);
  const { plan, result } = record;
  const candidate = plan.candidates[record.candidate];
  if (candidate === undefined) throw new RangeError(`The plan has no candidate ${record.candidate}`);
  const speedup = result.speed?.speedup;
  return {
    id: record.id,
    groupId: record.groupId,
    baselineModel: plan.baseline.model,
    candidateModel: candidate.model,
    baseline: JSON.stringify(plan.baseline),
    candidate: JSON.stringify(candidate),
    holds: result.findings.some(({ severity }) => severity === 'invalid') ? 0 : 1,
    verdict: result.speed === null ? null : (result.speed.adjusted?.verdict ?? result.speed.verdict),
    speedup: speedup?.value ?? null,
    speedupLow: speedup?.interval?.low ?? null,
    speedupHigh: speedup?.interval?.high ?? null,
    createdAt: toStoredTime(record.createdAt),
    machineSha256: record.machineSha256,
    record: JSON.stringify(record),
  };
}

/** The codec holds two columns of whole numbers; for the pairs these are the medians of both sides. */
function toBlobs(comparisonId: ComparisonId, { pairs, series }: ComparisonSamples) {
  const parts = {
    pairs: { scheduledNs: null, issuedNs: pairs.baselineNs, completedNs: pairs.candidateNs },
    baseline: series.baseline,
    candidate: series.candidate,
  };
  return (['pairs', 'baseline', 'candidate'] as const).map((part) => ({
    comparisonId,
    part,
    n: parts[part].issuedNs.length,
    encoding: SERIES_ENCODING,
    data: encodeSeries(parts[part]),
  }));
}

function listComparisons({ orm }: Database, { model, groupId, limit = DEFAULT_LIMIT, cursor }: ComparisonFilter) {
  const rows = orm
    .select({
      id: comparisons.id,
      groupId: comparisons.groupId,
      baseline: comparisons.baseline,
      candidate: comparisons.candidate,
      holds: comparisons.holds,
      createdAt: comparisons.createdAt,
      verdict: comparisons.verdict,
      speedup: comparisons.speedup,
      low: comparisons.speedupLow,
      high: comparisons.speedupHigh,
    })
    .from(comparisons)
    .where(
      and(
        model === undefined
          ? undefined
          : or(eq(comparisons.baselineModel, model), eq(comparisons.candidateModel, model)),
        groupId === undefined ? undefined : eq(comparisons.groupId, groupId),
        cursor === undefined ? undefined : lt(comparisons.id, cursor),
      ),
    )
    // Ids begin with the time of their start.
    .orderBy(desc(comparisons.id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit).map((row): ListedComparison => {
    const subject = `comparison ${row.id}`;
    return {
      id: comparisonIdSchema.parse(row.id),
      groupId: comparisonIdSchema.parse(row.groupId),
      baseline: parseStored(comparisonSideSchema, row.baseline, subject),
      candidate: parseStored(comparisonSideSchema, row.candidate, subject),
      createdAt: row.createdAt,
      verdict: row.verdict,
      holds: row.holds === 1,
      speedup: row.speedup === null ? null : { value: row.speedup, low: row.low, high: row.high },
    };
  });
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
