import { and, desc, eq, lt, sql } from './drizzle.ts';
import { cellIdSchema, profileIdSchema, type CellId, type ProfileId } from '../../shared/domain/ids.ts';
import {
  profilePlanSchema,
  profileRecordSchema,
  type ListedProfile,
  type ProfileRecord,
} from '../../shared/domain/profile.ts';
import type { Database } from './database.ts';
import { deleteUnnamedReports } from './machines.ts';
import { notFound, parseStored, toStoredTime } from './rows.ts';
import { profiles } from './schema.ts';

export interface ProfileFilter {
  model?: string | undefined;
  /** Those of one measured configuration. */
  cellId?: CellId | undefined;
  /** 100 unless said otherwise. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: ProfileId | undefined;
}

export interface ProfileRepository {
  /** Stores a profile whose machine report is stored, and whose configuration is where it has one. */
  create(record: ProfileRecord): void;
  /** Throws NOT_FOUND. */
  get(id: ProfileId): ProfileRecord;
  /** Newest first. */
  list(filter?: ProfileFilter): { items: ListedProfile[]; nextCursor: ProfileId | null };
  /** Deletes a profile with its machine report and gives the space back. Throws NOT_FOUND. */
  delete(id: ProfileId): void;
}

const DEFAULT_LIMIT = 100;

export function createProfileRepository(database: Database): ProfileRepository {
  const { orm } = database;
  const selectRow = orm
    .select()
    .from(profiles)
    .where(eq(profiles.id, sql.placeholder('id')))
    .prepare();

  function requireRow(id: ProfileId) {
    const row = selectRow.get({ id });
    if (row === undefined) throw notFound(`profile ${id}`);
    return row;
  }

  return {
    create(record) {
      const row = toRow(record);
      database.write(() => orm.insert(profiles).values(row).run());
    },
    get: (id) => parseStored(profileRecordSchema, database.read(() => requireRow(id)).record, `profile ${id}`),
    list: (filter = {}) => database.read(() => listProfiles(database, filter)),
    delete(id) {
      database.write(() => {
        const { machineSha256 } = requireRow(id);
        orm.delete(profiles).where(eq(profiles.id, id)).run();
        deleteUnnamedReports(orm, [machineSha256]);
      });
      database.reclaim();
    },
  };
}

/** Columns and record, parsed first: a number that JSON cannot hold (NaN) would make the row unreadable for good. */
function toRow(unchecked: ProfileRecord): typeof profiles.$inferInsert {
  const record = profileRecordSchema.parse(unchecked);
  return {
    id: record.id,
    cellId: record.cellId,
    model: record.plan.model,
    plan: JSON.stringify(record.plan),
    label: record.label,
    deviceShare: record.placement.deviceShare,
    hostToHostNs: record.parts.hostToHost.value,
    overhead: record.passes.overhead.value,
    createdAt: toStoredTime(record.createdAt),
    machineSha256: record.provenance.machineSha256,
    record: JSON.stringify(record),
  };
}

function listProfiles({ orm }: Database, { model, cellId, limit = DEFAULT_LIMIT, cursor }: ProfileFilter) {
  const rows = orm
    .select({
      id: profiles.id,
      cellId: profiles.cellId,
      plan: profiles.plan,
      createdAt: profiles.createdAt,
      label: profiles.label,
      deviceShare: profiles.deviceShare,
      hostToHostNs: profiles.hostToHostNs,
      overhead: profiles.overhead,
    })
    .from(profiles)
    .where(
      and(
        model === undefined ? undefined : eq(profiles.model, model),
        cellId === undefined ? undefined : eq(profiles.cellId, cellId),
        cursor === undefined ? undefined : lt(profiles.id, cursor),
      ),
    )
    // Ids begin with the time of their start.
    .orderBy(desc(profiles.id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit).map((row): ListedProfile => ({
    ...row,
    id: profileIdSchema.parse(row.id),
    cellId: row.cellId === null ? null : cellIdSchema.parse(row.cellId),
    plan: parseStored(profilePlanSchema, row.plan, `profile ${row.id}`),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
