import { createCellRepository, type CellRepository } from './cells.ts';
import { createComparisonRepository, type ComparisonRepository } from './comparisons.ts';
import { openDatabase, type Database, type OpenOptions } from './database.ts';
import { createMachineRepository, type MachineRepository } from './machines.ts';
import { createModelRepository, type ModelRepository } from './models.ts';
import { createPeakRepository, type PeakRepository } from './peaks.ts';
import { createProfileRepository, type ProfileRepository } from './profiles.ts';
import { createRunRepository, type RunRepository } from './runs.ts';
import { createSeriesRepository, type SeriesRepository } from './series.ts';
import { createSettingsRepository, type SettingsRepository } from './settings.ts';
import { createTelemetryRepository, type TelemetryRepository } from './telemetry.ts';

/** Everything the application has stored. Calls are synchronous and short; every one may throw STORAGE_FULL or STORAGE_UNUSABLE. */
export interface Storage extends Disposable {
  readonly path: string;
  readonly runs: RunRepository;
  readonly cells: CellRepository;
  readonly series: SeriesRepository;
  readonly telemetry: TelemetryRepository;
  readonly comparisons: ComparisonRepository;
  readonly profiles: ProfileRepository;
  readonly peaks: PeakRepository;
  readonly machines: MachineRepository;
  readonly models: ModelRepository;
  readonly settings: SettingsRepository;
  close(): void;
}

/** Opens the database file, creating or migrating it where needed; see openDatabase for what it refuses. */
export function openStorage(file: string, options: OpenOptions = {}): Storage {
  return createStorage(openDatabase(file, options));
}

/** Storage over an open database, which it closes with itself. */
export function createStorage(database: Database): Storage {
  const close = (): void => {
    database.sqlite.close();
  };
  return {
    path: database.sqlite.name,
    runs: createRunRepository(database),
    cells: createCellRepository(database),
    series: createSeriesRepository(database),
    telemetry: createTelemetryRepository(database),
    comparisons: createComparisonRepository(database),
    profiles: createProfileRepository(database),
    peaks: createPeakRepository(database),
    machines: createMachineRepository(database),
    models: createModelRepository(database),
    settings: createSettingsRepository(database),
    close,
    [Symbol.dispose]: close,
  };
}
