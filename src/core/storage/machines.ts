import { createHash } from 'node:crypto';
import { and, eq, inArray, notExists, sql } from './drizzle.ts';
import { z } from 'zod';
import { sha256Schema, type Sha256 } from '../../shared/domain/ids.ts';
import { toCanonicalJson } from './canonical-json.ts';
import type { Database } from './database.ts';
import { notFound, parseStored, toStoredTime } from './rows.ts';
import { cells, comparisons, machines, profiles, runs } from './schema.ts';

/** A machine report is kept as it was detected: an old result must stay readable when the report gains fields. */
const storedReportSchema = z.record(z.string(), z.json());
export type StoredMachineReport = z.infer<typeof storedReportSchema>;

export interface NewMachineReport {
  fingerprint: Sha256;
  report: object;
  seenAt: string;
}

export interface MachineRepository {
  /** Keeps a report and returns its SHA-256, that of its canonical JSON; the same report is kept once. */
  put(machine: NewMachineReport): Sha256;
  /** Throws NOT_FOUND. */
  get(sha256: Sha256): { fingerprint: Sha256; report: StoredMachineReport; firstSeen: string };
}

export function createMachineRepository(database: Database): MachineRepository {
  const { orm } = database;
  return {
    put({ fingerprint, report, seenAt }) {
      const json = toCanonicalJson(report);
      const sha256 = sha256Schema.parse(createHash('sha256').update(json).digest('hex'));
      const row = { sha256, fingerprint, report: json, firstSeen: toStoredTime(seenAt) };
      database.write(() => orm.insert(machines).values(row).onConflictDoNothing().run());
      return sha256;
    },
    get(sha256) {
      const row = database.read(() => orm.select().from(machines).where(eq(machines.sha256, sha256)).get());
      if (row === undefined) throw notFound(`machine report ${sha256}`);
      return {
        fingerprint: sha256Schema.parse(row.fingerprint),
        report: parseStored(storedReportSchema, row.report, `machine report ${sha256}`),
        firstSeen: row.firstSeen,
      };
    },
  };
}

/** Deletes those of the given reports that nothing names any longer, inside a transaction of the caller. */
export function deleteUnnamedReports(orm: Database['orm'], candidates: readonly string[]): void {
  const one = { one: sql`1` };
  const ofRun = orm.select(one).from(runs).where(eq(runs.machineSha256, machines.sha256));
  const ofCell = orm.select(one).from(cells).where(eq(cells.machineSha256, machines.sha256));
  const ofComparison = orm.select(one).from(comparisons).where(eq(comparisons.machineSha256, machines.sha256));
  const ofProfile = orm.select(one).from(profiles).where(eq(profiles.machineSha256, machines.sha256));
  const isUnnamed = [ofRun, ofCell, ofComparison, ofProfile].map((naming) => notExists(naming));
  orm
    .delete(machines)
    .where(and(inArray(machines.sha256, [...candidates]), ...isUnnamed))
    .run();
}
