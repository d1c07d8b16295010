import {
  defaultSettings,
  settingsChangesSchema,
  type Settings,
  type SettingsChanges,
} from '../../shared/domain/settings.ts';
import type { Database } from './database.ts';
import { parseStored } from './rows.ts';
import { settings } from './schema.ts';

export interface SettingsRepository {
  /** What was stored, and the default of everything else. */
  get(): Settings;
  /** Stores the given values and leaves the others. */
  update(changes: SettingsChanges): void;
}

export function createSettingsRepository(database: Database): SettingsRepository {
  const { orm } = database;
  return {
    get() {
      const rows = database.read(() => orm.select().from(settings).all());
      const stored = rows.map(({ key, value }) =>
        parseStored(settingsChangesSchema, `{"${key}":${value}}`, 'settings'),
      );
      return Object.assign({ ...defaultSettings }, ...stored) as Settings;
    },
    update(changes) {
      const rows = Object.entries(settingsChangesSchema.parse(changes)).filter(([, value]) => value !== undefined);
      database.write(() => {
        for (const [key, value] of rows) {
          const row = { key, value: JSON.stringify(value) };
          orm.insert(settings).values(row).onConflictDoUpdate({ target: settings.key, set: row }).run();
        }
      });
    },
  };
}
