import { eq } from './drizzle.ts';
import { z } from 'zod';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { Database } from './database.ts';
import { notFound, parseStored, toStoredTime } from './rows.ts';
import { machines } from './schema.ts';

/** A machine report is kept as it was detected: an old result must stay readable when the report gains fields. */
const storedReportSchema = z.record(z.string(), z.json());
export type StoredMachineReport = z.infer<typeof storedReportSchema>;

export interface MachineRepository {
  /** Keeps a report under its hash; one that is known already stays as it is. */
  put(sha256: Sha256, report: object, seenAt: string): void;
  /** Throws NOT_FOUND. */
  get(sha256: Sha256): { report: StoredMachineReport; firstSeen: string };
}

export function createMachineRepository(database: Database): MachineRepository {
  const { orm } = database;
  return {
    put(sha256, report, seenAt) {
      const row = { sha256, report: JSON.stringify(report), firstSeen: toStoredTime(seenAt) };
      database.write(() => orm.insert(machines).values(row).onConflictDoNothing().run());
    },
    get(sha256) {
      const row = database.read(() => orm.select().from(machines).where(eq(machines.sha256, sha256)).get());
      if (row === undefined) throw notFound(`machine ${sha256}`);
      return { report: parseStored(storedReportSchema, row.report, `machine ${sha256}`), firstSeen: row.firstSeen };
    },
  };
}
