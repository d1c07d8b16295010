import { and, eq } from './drizzle.ts';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { machinePeaksSchema, type MachinePeaks } from '../../shared/domain/roofline.ts';
import type { Database } from './database.ts';
import { parseStored, toStoredTime } from './rows.ts';
import { machinePeaks } from './schema.ts';

export interface PeakRepository {
  /** Keeps peaks in place of earlier ones of the same machine, provider and threads. */
  put(peaks: MachinePeaks): void;
  /** null where none were measured. */
  find(machineFingerprint: Sha256, provider: ProviderId, threads: number): MachinePeaks | null;
  /** All of a machine, by provider and threads. */
  ofMachine(machineFingerprint: Sha256): MachinePeaks[];
}

export function createPeakRepository(database: Database): PeakRepository {
  const { orm } = database;
  const toPeaks = ({ record, provider }: typeof machinePeaks.$inferSelect): MachinePeaks =>
    parseStored(machinePeaksSchema, record, `peaks of ${provider}`);
  return {
    put(unchecked) {
      // A number that JSON cannot hold would make the row unreadable for good.
      const peaks = machinePeaksSchema.parse(unchecked);
      const row = {
        machineFingerprint: peaks.machineFingerprint,
        provider: peaks.provider,
        threads: peaks.threads,
        measuredAt: toStoredTime(peaks.measuredAt),
        record: JSON.stringify(peaks),
      };
      const target = [machinePeaks.machineFingerprint, machinePeaks.provider, machinePeaks.threads];
      database.write(() => orm.insert(machinePeaks).values(row).onConflictDoUpdate({ target, set: row }).run());
    },
    find(machineFingerprint, provider, threads) {
      const row = database.read(() =>
        orm
          .select()
          .from(machinePeaks)
          .where(
            and(
              eq(machinePeaks.machineFingerprint, machineFingerprint),
              eq(machinePeaks.provider, provider),
              eq(machinePeaks.threads, threads),
            ),
          )
          .get(),
      );
      return row === undefined ? null : toPeaks(row);
    },
    ofMachine(machineFingerprint) {
      const rows = database.read(() =>
        orm
          .select()
          .from(machinePeaks)
          .where(eq(machinePeaks.machineFingerprint, machineFingerprint))
          .orderBy(machinePeaks.provider, machinePeaks.threads)
          .all(),
      );
      return rows.map(toPeaks);
    },
  };
}
