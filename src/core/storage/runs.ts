import { and, count, desc, eq, exists, gte, inArray, lt, max, ne, sql, type SQL } from './drizzle.ts';
import type { RunId, Sha256 } from '../../shared/domain/ids.ts';
import { runIdSchema, sha256Schema, toCellId } from '../../shared/domain/ids.ts';
import type { Validity } from '../../shared/domain/measurement.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { cellConfigSchema, planSchema } from '../../shared/domain/plan.ts';
import type { CellState, PlanFiles, RunRecord, RunState } from '../../shared/domain/run.ts';
import { planFilesSchema } from '../../shared/domain/run.ts';
import { InferometerError } from '../../shared/errors.ts';
import { resetCells } from './cells.ts';
import type { Database } from './database.ts';
import { deleteUnnamedReports } from './machines.ts';
import { notFound, parseStored, toConfigColumns, toStoredTime } from './rows.ts';
import { cells, profiles, runs } from './schema.ts';

/** The process that measures a run. `startTime` is any text that two processes with one pid do not share. */
export interface RunOwner {
  pid: number;
  startTime: string;
}

export interface NewRun {
  id: RunId;
  plan: Plan;
  files: PlanFiles;
  machineSha256: Sha256;
  createdAt: string;
  owner: RunOwner;
}

/** All conditions must hold; those on configurations must hold for one configuration of the run. */
export interface RunFilter {
  model?: string | undefined;
  provider?: string | undefined;
  verdict?: Validity['verdict'] | undefined;
  state?: RunState | undefined;
  /** Runs created at this ISO 8601 time or later. */
  since?: string | undefined;
  /** 50 unless said otherwise. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: RunId | undefined;
}

export interface RunListItem extends RunRecord {
  cells: number;
  cellsByState: Partial<Record<CellState, number>>;
  cellsByVerdict: Partial<Record<Validity['verdict'], number>>;
}

export interface RunPage {
  items: RunListItem[];
  /** null: this was the last page. */
  nextCursor: RunId | null;
}

export interface RunRepository {
  /** Stores a run as "running" with all its configurations as "pending", or nothing. The machine report must be stored. */
  create(run: NewRun, configs: readonly CellConfig[]): void;
  /** Adds configurations to a run that is being measured, as "pending" after those it has. Throws NOT_FOUND. */
  extend(id: RunId, configs: readonly CellConfig[]): void;
  /** Ends a run. Throws NOT_FOUND. */
  markState(id: RunId, state: Exclude<RunState, 'running'>, endedAt: string): void;
  /** Takes over a run that ended early, to measure what is pending. Throws NOT_FOUND; USAGE while it is measured. */
  resume(id: RunId, owner: RunOwner): void;
  /** Newest first. */
  list(filter?: RunFilter): RunPage;
  /** Throws NOT_FOUND. */
  get(id: RunId): RunRecord;
  /** Whether a run that did not come to its end was begun with this model, so that going on takes its file. */
  needModel(sha256: Sha256): boolean;
  /**
   * Deletes a run with its configurations, samples and machine reports and gives the space back. Throws NOT_FOUND; USAGE
   * while it is measured.
   */
  delete(id: RunId): void;
  /**
   * Marks runs whose process is gone as "interrupted" and their unfinished configurations as "pending". Returns the
   * runs that were marked.
   */
  recoverInterrupted(ownerAlive: (pid: number, startTime: string) => boolean): RunId[];
}

const DEFAULT_LIMIT = 50;

export function createRunRepository(database: Database): RunRepository {
  const { orm } = database;
  const selectRun = orm
    .select()
    .from(runs)
    .where(eq(runs.id, sql.placeholder('id')))
    .prepare();
  const insertCell = orm
    .insert(cells)
    .values({
      id: sql.placeholder('id'),
      runId: sql.placeholder('runId'),
      idx: sql.placeholder('idx'),
      config: sql.placeholder('config'),
      model: sql.placeholder('model'),
      provider: sql.placeholder('provider'),
      scenario: sql.placeholder('scenario'),
      batch: sql.placeholder('batch'),
      threads: sql.placeholder('threads'),
      state: 'pending',
      outcome: '{"state":"pending"}',
    })
    .prepare();

  function requireRow(id: RunId): RunRow {
    const row = selectRun.get({ id });
    if (row === undefined) throw notFound(`run ${id}`);
    return row;
  }

  function requireStopped(id: RunId): void {
    if (requireRow(id).state !== 'running') return;
    throw new InferometerError({
      code: 'USAGE',
      message: `The run ${id} is being measured.`,
      remedy: 'Stop the measurement first, then try again.',
      data: { runId: id },
    });
  }

  return {
    create(run, configs) {
      const plan = planSchema.parse(run.plan);
      const files = planFilesSchema.parse(run.files);
      const rows = toNewCells(run.id, configs, 0);
      database.write(() => {
        orm
          .insert(runs)
          .values({
            id: run.id,
            plan: JSON.stringify(plan),
            files: JSON.stringify(files),
            state: 'running',
            machineSha256: run.machineSha256,
            createdAt: toStoredTime(run.createdAt),
            ownerPid: run.owner.pid,
            ownerStart: run.owner.startTime,
          })
          .run();
        for (const row of rows) insertCell.run(row);
      });
    },
    extend(id, configs) {
      database.write(() => {
        requireRow(id);
        const last = orm
          .select({ idx: max(cells.idx) })
          .from(cells)
          .where(eq(cells.runId, id))
          .get();
        for (const row of toNewCells(id, configs, (last?.idx ?? -1) + 1)) insertCell.run(row);
      });
    },
    markState(id, state, endedAt) {
      database.write(() => {
        requireRow(id);
        const change = { state, endedAt: toStoredTime(endedAt), ownerPid: null, ownerStart: null };
        orm.update(runs).set(change).where(eq(runs.id, id)).run();
      });
    },
    resume(id, owner) {
      database.write(() => {
        requireStopped(id);
        const change = { state: 'running', endedAt: null, ownerPid: owner.pid, ownerStart: owner.startTime } as const;
        orm.update(runs).set(change).where(eq(runs.id, id)).run();
      });
    },
    list: (filter = {}) => database.read(() => listRuns(database, filter)),
    get: (id) => database.read(() => toRunRecord(requireRow(id))),
    needModel(sha256) {
      const unfinished = database.read(() => orm.select().from(runs).where(ne(runs.state, 'completed')).all());
      return unfinished.map(toRunRecord).some(({ files }) => files.models.some((model) => model.sha256 === sha256));
    },
    delete(id) {
      database.write(() => {
        requireStopped(id);
        const reports = reportsOf(orm, id);
        orm.delete(runs).where(eq(runs.id, id)).run();
        deleteUnnamedReports(orm, reports);
      });
      database.reclaim();
    },
    recoverInterrupted: (ownerAlive) => database.write(() => recoverInterrupted(database, ownerAlive)),
  };
}

type RunRow = typeof runs.$inferSelect;

function toNewCells(runId: RunId, configs: readonly CellConfig[], firstIndex: number) {
  return configs.map((config, position) => {
    const idx = firstIndex + position;
    return { id: toCellId(runId, idx), runId, idx, ...toConfigColumns(cellConfigSchema.parse(config)) };
  });
}

function toRunRecord(row: RunRow): RunRecord {
  return {
    id: runIdSchema.parse(row.id),
    plan: parseStored(planSchema, row.plan, `plan of run ${row.id}`),
    files: parseStored(planFilesSchema, row.files, `file list of run ${row.id}`),
    state: row.state,
    machineSha256: sha256Schema.parse(row.machineSha256),
    createdAt: row.createdAt,
    endedAt: row.endedAt,
  };
}

/** Hashes of the machine reports that a run, a configuration of it, or a profile of one names. */
function reportsOf(orm: Database['orm'], id: RunId): string[] {
  const ofRun = orm.select({ sha256: runs.machineSha256 }).from(runs).where(eq(runs.id, id)).all();
  const ofCells = orm.selectDistinct({ sha256: cells.machineSha256 }).from(cells).where(eq(cells.runId, id)).all();
  const ofProfiles = orm
    .selectDistinct({ sha256: profiles.machineSha256 })
    .from(profiles)
    .where(inArray(profiles.cellId, orm.select({ id: cells.id }).from(cells).where(eq(cells.runId, id))))
    .all();
  return [...ofRun, ...ofCells, ...ofProfiles].flatMap(({ sha256 }) => sha256 ?? []);
}

function listRuns({ orm }: Database, filter: RunFilter): RunPage {
  const limit = filter.limit ?? DEFAULT_LIMIT;
  const rows = orm
    .select()
    .from(runs)
    .where(toCondition(orm, filter))
    // Run ids begin with the time of their start.
    .orderBy(desc(runs.id))
    .limit(limit + 1)
    .all();
  const page = rows.slice(0, limit).map(toRunRecord);
  const counts = orm
    .select({ runId: cells.runId, state: cells.state, verdict: cells.verdict, cells: count() })
    .from(cells)
    .where(
      inArray(
        cells.runId,
        page.map(({ id }) => id),
      ),
    )
    .groupBy(cells.runId, cells.state, cells.verdict)
    .all();
  const countsByRun = Map.groupBy(counts, ({ runId }) => runId);
  return {
    items: page.map((record) => ({ ...record, ...toCounts(countsByRun.get(record.id) ?? []) })),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

function toCondition(orm: Database['orm'], filter: RunFilter): SQL | undefined {
  const ofCell = [
    filter.model === undefined ? undefined : eq(cells.model, filter.model),
    filter.provider === undefined ? undefined : eq(cells.provider, filter.provider),
    filter.verdict === undefined ? undefined : eq(cells.verdict, filter.verdict),
  ].filter((condition) => condition !== undefined);
  return and(
    filter.state === undefined ? undefined : eq(runs.state, filter.state),
    filter.since === undefined ? undefined : gte(runs.createdAt, toStoredTime(filter.since)),
    filter.cursor === undefined ? undefined : lt(runs.id, filter.cursor),
    ofCell.length === 0
      ? undefined
      : exists(
          orm
            .select({ one: sql`1` })
            .from(cells)
            .where(and(eq(cells.runId, runs.id), ...ofCell)),
        ),
  );
}

function toCounts(
  counts: readonly { state: CellState; verdict: Validity['verdict'] | null; cells: number }[],
): Pick<RunListItem, 'cells' | 'cellsByState' | 'cellsByVerdict'> {
  const result: Pick<RunListItem, 'cells' | 'cellsByState' | 'cellsByVerdict'> = {
    cells: 0,
    cellsByState: {},
    cellsByVerdict: {},
  };
  for (const one of counts) {
    result.cells += one.cells;
    result.cellsByState[one.state] = (result.cellsByState[one.state] ?? 0) + one.cells;
    if (one.verdict === null) continue;
    result.cellsByVerdict[one.verdict] = (result.cellsByVerdict[one.verdict] ?? 0) + one.cells;
  }
  return result;
}

function recoverInterrupted({ orm }: Database, ownerAlive: (pid: number, startTime: string) => boolean): RunId[] {
  const dead = orm
    .select()
    .from(runs)
    .where(eq(runs.state, 'running'))
    .all()
    .filter(
      ({ ownerPid, ownerStart }) => ownerPid === null || ownerStart === null || !ownerAlive(ownerPid, ownerStart),
    );
  for (const { id } of dead) {
    resetCells(orm, runIdSchema.parse(id), ['running']);
    // The last thing known to have happened; nobody saw the end.
    const lastSign = orm
      .select({ endedAt: max(cells.endedAt) })
      .from(cells)
      .where(eq(cells.runId, id))
      .get();
    const change = {
      state: 'interrupted',
      endedAt: lastSign?.endedAt ?? null,
      ownerPid: null,
      ownerStart: null,
    } as const;
    orm.update(runs).set(change).where(eq(runs.id, id)).run();
  }
  return dead.map(({ id }) => runIdSchema.parse(id));
}
