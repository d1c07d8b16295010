import { and, asc, desc, eq, gt, inArray, lt, or, sql, type SQL } from './drizzle.ts';
import type { CellId, RunId } from '../../shared/domain/ids.ts';
import { cellIdSchema, runIdSchema } from '../../shared/domain/ids.ts';
import type { SampleSeries, Validity } from '../../shared/domain/measurement.ts';
import type { CellOutcome, CellRecord, CellState, Provenance } from '../../shared/domain/run.ts';
import { cellOutcomeSchema, provenanceSchema } from '../../shared/domain/run.ts';
import type { Database } from './database.ts';
import {
  notFound,
  parseStored,
  toCellRecord,
  toOutcomeColumns,
  toStoredTime,
  variationSchema,
  type CellSummary,
} from './rows.ts';
import { cells, series, telemetry } from './schema.ts';
import { encodeSeries, SERIES_ENCODING } from './series-codec.ts';
import type { StoredTelemetry } from './telemetry.ts';
import { describeSensors, encodeTelemetry, TELEMETRY_ENCODING } from './telemetry-codec.ts';

/** How a measured configuration ended: everything but "pending" and "running". */
export type FinalOutcome = Exclude<CellOutcome, { state: 'pending' | 'running' }>;

export interface CellFilter {
  runId?: RunId | undefined;
  model?: string | undefined;
  provider?: string | undefined;
  state?: CellState | undefined;
  verdict?: Validity['verdict'] | undefined;
  /** 200 unless said otherwise. */
  limit?: number | undefined;
  /** Continue after this one, the last of the page before. */
  cursor?: Pick<CellSummary, 'runId' | 'index'> | undefined;
}

export interface CellRepository {
  /** Marks a pending configuration as being measured. */
  start(id: CellId, startedAt: string): void;
  /**
   * Stores how a running configuration ended together with its samples, one series per engine process in order, and what
   * the sensors read beside each.
   * When it returns, all of it survives a power cut; when it throws, none of it is stored.
   */
  finish(
    id: CellId,
    result: { outcome: FinalOutcome; provenance: Provenance | null; endedAt: string },
    samples: readonly SampleSeries[],
    readings?: readonly StoredTelemetry[],
  ): void;
  /** Makes configurations of a run in the given states pending again and drops what they had stored. */
  reset(runId: RunId, states: readonly CellState[]): void;
  /** Throws NOT_FOUND. */
  get(id: CellId): CellRecord;
  /** All configurations of a run in order of their index. */
  ofRun(runId: RunId): CellRecord[];
  /** Newest run first, then in order of their index; reads no outcomes. */
  summaries(filter: CellFilter): CellSummary[];
}

const DEFAULT_LIMIT = 200;

export function createCellRepository(database: Database): CellRepository {
  const { orm } = database;
  const selectCell = orm
    .select()
    .from(cells)
    .where(eq(cells.id, sql.placeholder('id')))
    .prepare();
  const selectOfRun = orm
    .select()
    .from(cells)
    .where(eq(cells.runId, sql.placeholder('runId')))
    .orderBy(asc(cells.idx))
    .prepare();
  const insertSeries = orm
    .insert(series)
    .values({
      cellId: sql.placeholder('cellId'),
      process: sql.placeholder('process'),
      n: sql.placeholder('n'),
      encoding: SERIES_ENCODING,
      data: sql.placeholder('data'),
    })
    .prepare();

  const insertTelemetry = orm
    .insert(telemetry)
    .values({
      cellId: sql.placeholder('cellId'),
      process: sql.placeholder('process'),
      n: sql.placeholder('n'),
      sensors: sql.placeholder('sensors'),
      encoding: TELEMETRY_ENCODING,
      data: sql.placeholder('data'),
    })
    .prepare();

  return {
    start(id, startedAt) {
      database.write(() => {
        const change = {
          state: 'running',
          outcome: '{"state":"running"}',
          startedAt: toStoredTime(startedAt),
        } as const;
        const { changes } = orm.update(cells).set(change).where(inState(id, 'pending')).run();
        if (changes !== 1) throw new Error(`Cell ${id} is not pending`);
      });
    },
    finish(id, { outcome, provenance, endedAt }, samples, readings = []) {
      // Checked before storing: a number that JSON cannot hold (NaN) would make the row unreadable for good.
      const change = {
        ...toOutcomeColumns(outcome),
        outcome: JSON.stringify(cellOutcomeSchema.parse(outcome)),
        provenance: provenance === null ? null : JSON.stringify(provenanceSchema.parse(provenance)),
        machineSha256: provenance?.machineSha256 ?? null,
        endedAt: toStoredTime(endedAt),
      };
      // Compressed outside the transaction, which holds the write lock.
      const blobs = samples.map((one, process) => ({
        cellId: id,
        process,
        n: one.issuedNs.length,
        data: encodeSeries(one),
      }));
      const readingBlobs = readings.map(({ process, telemetry: one }) => ({
        cellId: id,
        process,
        n: one.elapsedNs.length,
        sensors: JSON.stringify(describeSensors(one)),
        data: encodeTelemetry(one),
      }));
      database.write(() => {
        const { changes } = orm.update(cells).set(change).where(inState(id, 'running')).run();
        if (changes !== 1) throw new Error(`Cell ${id} is not running`);
        for (const blob of blobs) insertSeries.run(blob);
        for (const blob of readingBlobs) insertTelemetry.run(blob);
      });
    },
    reset(runId, states) {
      database.write(() => {
        resetCells(orm, runId, states);
      });
    },
    get(id) {
      const row = database.read(() => selectCell.get({ id }));
      if (row === undefined) throw notFound(`configuration ${id}`);
      return toCellRecord(row);
    },
    ofRun: (runId) => database.read(() => selectOfRun.all({ runId })).map(toCellRecord),
    summaries: (filter) => database.read(() => listSummaries(database, filter)),
  };
}

/** The same inside a transaction of the caller. */
export function resetCells(orm: Database['orm'], runId: RunId, states: readonly CellState[]): void {
  const affected = and(eq(cells.runId, runId), inArray(cells.state, [...states]));
  for (const table of [series, telemetry]) {
    orm
      .delete(table)
      .where(inArray(table.cellId, orm.select({ id: cells.id }).from(cells).where(affected)))
      .run();
  }
  const pending = { state: 'pending' } as const;
  orm
    .update(cells)
    .set({
      ...toOutcomeColumns(pending),
      outcome: JSON.stringify(pending),
      provenance: null,
      machineSha256: null,
      startedAt: null,
      endedAt: null,
    })
    .where(affected)
    .run();
}

function inState(id: CellId, state: CellState): SQL | undefined {
  return and(eq(cells.id, id), eq(cells.state, state));
}

function listSummaries({ orm }: Database, filter: CellFilter): CellSummary[] {
  const { runId, model, provider, state, verdict, cursor } = filter;
  const rows = orm
    .select({
      id: cells.id,
      runId: cells.runId,
      index: cells.idx,
      model: cells.model,
      provider: cells.provider,
      scenario: cells.scenario,
      batch: cells.batch,
      threads: cells.threads,
      config: cells.config,
      state: cells.state,
      verdict: cells.verdict,
      p50Ns: cells.p50Ns,
      p50LowNs: cells.p50LowNs,
      p50HighNs: cells.p50HighNs,
      p99Ns: cells.p99Ns,
      throughput: cells.throughput,
      throughputLow: cells.throughputLow,
      throughputHigh: cells.throughputHigh,
      startedAt: cells.startedAt,
      endedAt: cells.endedAt,
    })
    .from(cells)
    .where(
      and(
        runId === undefined ? undefined : eq(cells.runId, runId),
        model === undefined ? undefined : eq(cells.model, model),
        provider === undefined ? undefined : eq(cells.provider, provider),
        state === undefined ? undefined : eq(cells.state, state),
        verdict === undefined ? undefined : eq(cells.verdict, verdict),
        cursor === undefined
          ? undefined
          : or(lt(cells.runId, cursor.runId), and(eq(cells.runId, cursor.runId), gt(cells.idx, cursor.index))),
      ),
    )
    .orderBy(desc(cells.runId), asc(cells.idx))
    .limit(filter.limit ?? DEFAULT_LIMIT)
    .all();
  return rows.map(({ config, ...row }) => ({
    ...row,
    ...parseStored(variationSchema, config, `cell ${row.id}`),
    id: cellIdSchema.parse(row.id),
    runId: runIdSchema.parse(row.runId),
  }));
}
