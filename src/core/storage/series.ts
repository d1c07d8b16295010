import { asc, eq, sql } from './drizzle.ts';
import type { CellId } from '../../shared/domain/ids.ts';
import type { SampleSeries } from '../../shared/domain/measurement.ts';
import type { Database } from './database.ts';
import { notFound } from './rows.ts';
import { series } from './schema.ts';
import { decodeSeries } from './series-codec.ts';

export interface StoredSeries {
  /** Index of the engine process within the configuration. */
  process: number;
  samples: SampleSeries;
}

export interface SeriesRepository {
  /** Number of samples per engine process, without reading them. */
  sizes(cellId: CellId): { process: number; n: number }[];
  /** Reads and decodes one series after the other, so that one at a time is in memory. Throws STORAGE_UNUSABLE. */
  read(cellId: CellId): Generator<StoredSeries>;
  /** One series. Throws NOT_FOUND, STORAGE_UNUSABLE. */
  get(cellId: CellId, process: number): SampleSeries;
}

export function createSeriesRepository(database: Database): SeriesRepository {
  const { orm } = database;
  const selectSizes = orm
    .select({ process: series.process, n: series.n })
    .from(series)
    .where(eq(series.cellId, sql.placeholder('cellId')))
    .orderBy(asc(series.process))
    .prepare();
  const selectData = orm
    .select({ data: series.data })
    .from(series)
    .where(sql`${series.cellId} = ${sql.placeholder('cellId')} and ${series.process} = ${sql.placeholder('process')}`)
    .prepare();

  function sizes(cellId: CellId) {
    return database.read(() => selectSizes.all({ cellId }));
  }

  return {
    sizes,
    *read(cellId) {
      for (const { process } of sizes(cellId)) {
        const row = database.read(() => selectData.get({ cellId, process }));
        // The run may have been deleted between two reads.
        if (row !== undefined) yield { process, samples: decodeSeries(row.data) };
      }
    },
    get(cellId, process) {
      const row = database.read(() => selectData.get({ cellId, process }));
      if (row === undefined) throw notFound(`series ${process} of configuration ${cellId}`);
      return decodeSeries(row.data);
    },
  };
}
