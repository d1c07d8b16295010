import { z } from 'zod';
import type { CellId } from '../../shared/domain/ids.ts';
import { foundSensorSchema, type Telemetry } from '../../shared/domain/telemetry.ts';
import type { Database } from './database.ts';
import { asc, eq, sql } from './drizzle.ts';
import { parseStored } from './rows.ts';
import { telemetry } from './schema.ts';
import { decodeTelemetry } from './telemetry-codec.ts';

/** What the sensors read beside one engine process of a configuration. */
export interface StoredTelemetry {
  process: number;
  telemetry: Telemetry;
}

export interface TelemetryRepository {
  /** One process after the other; nothing for configurations that older versions measured. Throws STORAGE_UNUSABLE. */
  read(cellId: CellId): Generator<StoredTelemetry>;
}

const sensorsSchema = z.array(foundSensorSchema);

export function createTelemetryRepository(database: Database): TelemetryRepository {
  const select = database.orm
    .select({ process: telemetry.process, sensors: telemetry.sensors, data: telemetry.data })
    .from(telemetry)
    .where(eq(telemetry.cellId, sql.placeholder('cellId')))
    .orderBy(asc(telemetry.process))
    .prepare();
  return {
    *read(cellId) {
      for (const { process, sensors, data } of database.read(() => select.all({ cellId }))) {
        const found = parseStored(sensorsSchema, sensors, `telemetry of configuration ${cellId}`);
        yield { process, telemetry: decodeTelemetry(data, found) };
      }
    },
  };
}
