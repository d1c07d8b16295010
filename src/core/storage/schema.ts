import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from './drizzle.ts';
import type { SpeedVerdict } from '../../shared/domain/comparison.ts';
import type { CellState, RunState } from '../../shared/domain/run.ts';
import type { Validity } from '../../shared/domain/measurement.ts';

/*
 * The tables as TypeScript sees them. The tables as SQLite has them come from resources/migrations/*.sql, because
 * drizzle-kit does not emit STRICT; a test holds the two against each other.
 * Times of day are ISO 8601 in UTC with milliseconds, so that they sort as text.
 */

export const machines = sqliteTable('machines', {
  /** Of the text in `report`. */
  sha256: text('sha256').primaryKey(),
  /** Identity of the machine, which many reports share. */
  fingerprint: text('fingerprint').notNull(),
  /** Canonical JSON of a machine report. */
  report: text('report').notNull(),
  firstSeen: text('first_seen').notNull(),
});

export const models = sqliteTable('models', {
  name: text('name').primaryKey(),
  path: text('path').notNull(),
  sha256: text('sha256').notNull(),
  kind: text('kind').notNull(),
  addedAt: text('added_at').notNull(),
  /** JSON of a ModelSummary. */
  summary: text('summary').notNull(),
});

export const runs = sqliteTable(
  'runs',
  {
    id: text('id').primaryKey(),
    /** JSON of a Plan. */
    plan: text('plan').notNull(),
    /** JSON of a PlanFiles. */
    files: text('files').notNull(),
    state: text('state').$type<RunState>().notNull(),
    machineSha256: text('machine_sha256')
      .notNull()
      .references(() => machines.sha256),
    createdAt: text('created_at').notNull(),
    endedAt: text('ended_at'),
    /** Process that measures; its start time tells it from a later process with the same number. */
    ownerPid: integer('owner_pid'),
    ownerStart: text('owner_start'),
  },
  (table) => [index('runs_by_state').on(table.state, table.id), index('runs_by_machine').on(table.machineSha256)],
);

export const cells = sqliteTable(
  'cells',
  {
    id: text('id').primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    idx: integer('idx').notNull(),
    /** JSON of a CellConfig; the five columns after it repeat what listings filter by. */
    config: text('config').notNull(),
    model: text('model').notNull(),
    provider: text('provider').notNull(),
    scenario: text('scenario').notNull(),
    batch: integer('batch').notNull(),
    threads: integer('threads').notNull(),
    state: text('state').$type<CellState>().notNull(),
    verdict: text('verdict').$type<Validity['verdict']>(),
    p50Ns: real('p50_ns'),
    p50LowNs: real('p50_low_ns'),
    p50HighNs: real('p50_high_ns'),
    p99Ns: real('p99_ns'),
    /** Executed samples per second. */
    throughput: real('throughput'),
    throughputLow: real('throughput_low'),
    throughputHigh: real('throughput_high'),
    startedAt: text('started_at'),
    endedAt: text('ended_at'),
    /** JSON of a CellOutcome. */
    outcome: text('outcome').notNull(),
    /** JSON of a Provenance. */
    provenance: text('provenance'),
    /** The report that the provenance names. */
    machineSha256: text('machine_sha256').references(() => machines.sha256),
  },
  (table) => [
    uniqueIndex('cells_by_run').on(table.runId, table.idx),
    index('cells_by_filter').on(table.runId, table.model, table.provider, table.state, table.verdict),
    index('cells_by_model').on(table.model, table.provider, table.runId, table.idx),
    index('cells_by_machine').on(table.machineSha256),
  ],
);

export const series = sqliteTable(
  'series',
  {
    cellId: text('cell_id')
      .notNull()
      .references(() => cells.id, { onDelete: 'cascade' }),
    /** Index of the engine process within the cell. */
    process: integer('process').notNull(),
    n: integer('n').notNull(),
    /** Version of the codec, see series-codec.ts. */
    encoding: integer('encoding').notNull(),
    data: blob('data', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.cellId, table.process] })],
);

export const telemetry = sqliteTable(
  'telemetry',
  {
    cellId: text('cell_id')
      .notNull()
      .references(() => cells.id, { onDelete: 'cascade' }),
    /** Index of the engine process within the cell. */
    process: integer('process').notNull(),
    /** Readings in time. */
    n: integer('n').notNull(),
    /** JSON of a FoundSensorInfo for each sensor, in the order of the columns of the blob. */
    sensors: text('sensors').notNull(),
    /** Version of the codec, see telemetry-codec.ts. */
    encoding: integer('encoding').notNull(),
    data: blob('data', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.cellId, table.process] })],
);

export const comparisons = sqliteTable(
  'comparisons',
  {
    id: text('id').primaryKey(),
    /** The comparisons of one plan have that of the first. */
    groupId: text('group_id').notNull(),
    /** Names of the models, which listings filter by; the next two are JSON of a ComparisonSide. */
    baselineModel: text('baseline_model').notNull(),
    candidateModel: text('candidate_model').notNull(),
    baseline: text('baseline').notNull(),
    candidate: text('candidate').notNull(),
    /** 0: a finding takes the verdict its meaning. */
    holds: integer('holds').notNull(),
    verdict: text('verdict').$type<SpeedVerdict>(),
    speedup: real('speedup'),
    speedupLow: real('speedup_low'),
    speedupHigh: real('speedup_high'),
    createdAt: text('created_at').notNull(),
    machineSha256: text('machine_sha256')
      .notNull()
      .references(() => machines.sha256),
    /** JSON of a ComparisonRecord. */
    record: text('record').notNull(),
  },
  (table) => [
    index('comparisons_by_group').on(table.groupId),
    index('comparisons_by_baseline').on(table.baselineModel, table.id),
    index('comparisons_by_candidate').on(table.candidateModel, table.id),
    index('comparisons_by_machine').on(table.machineSha256),
  ],
);

export const comparisonSeries = sqliteTable(
  'comparison_series',
  {
    comparisonId: text('comparison_id')
      .notNull()
      .references(() => comparisons.id, { onDelete: 'cascade' }),
    /** Block medians of both sides, or the stamps of one. */
    part: text('part').$type<'pairs' | 'baseline' | 'candidate'>().notNull(),
    n: integer('n').notNull(),
    /** Version of the codec, see series-codec.ts. */
    encoding: integer('encoding').notNull(),
    data: blob('data', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.comparisonId, table.part] })],
);

export const profiles = sqliteTable(
  'profiles',
  {
    id: text('id').primaryKey(),
    /** The measured configuration that it belongs to; null: it stands alone. */
    cellId: text('cell_id').references(() => cells.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    /** JSON of a ProfilePlan. */
    plan: text('plan').notNull(),
    label: text('label').notNull(),
    deviceShare: real('device_share').notNull(),
    hostToHostNs: real('host_to_host_ns').notNull(),
    overhead: real('overhead').notNull(),
    createdAt: text('created_at').notNull(),
    machineSha256: text('machine_sha256')
      .notNull()
      .references(() => machines.sha256),
    /** JSON of a ProfileRecord. */
    record: text('record').notNull(),
  },
  (table) => [
    index('profiles_by_model').on(table.model, table.id),
    index('profiles_by_cell').on(table.cellId, table.id),
    index('profiles_by_machine').on(table.machineSha256),
  ],
);

export const machinePeaks = sqliteTable(
  'machine_peaks',
  {
    machineFingerprint: text('machine_fingerprint').notNull(),
    provider: text('provider').notNull(),
    threads: integer('threads').notNull(),
    measuredAt: text('measured_at').notNull(),
    /** JSON of MachinePeaks. */
    record: text('record').notNull(),
  },
  (table) => [primaryKey({ columns: [table.machineFingerprint, table.provider, table.threads] })],
);

export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  /** JSON of the value. */
  value: text('value').notNull(),
});
