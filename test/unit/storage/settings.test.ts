import path from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/core/storage/database.ts';
import { createStorage, openStorage } from '../../../src/core/storage/open.ts';
import { defaultSettings } from '../../../src/shared/domain/settings.ts';
import { createTemporaryFolder } from './sample-run.ts';

test('settings outlive the process; what was never set has its default', () => {
  using folder = createTemporaryFolder();
  const file = path.join(folder.path, 'data.sqlite');
  {
    using storage = openStorage(file);
    expect(storage.settings.get()).toEqual(defaultSettings);
    storage.settings.update({ currency: 'CHF', locale: 'de-CH', theme: undefined });
    storage.settings.update({ currency: 'EUR' });
  }
  using storage = openStorage(file);
  expect(storage.settings.get()).toEqual({ ...defaultSettings, currency: 'EUR', locale: 'de-CH' });
});

test('settings that cannot be right are not stored, and a value changed from outside is told', () => {
  using folder = createTemporaryFolder();
  const database = openDatabase(path.join(folder.path, 'data.sqlite'));
  using storage = createStorage(database);
  expect(() => storage.settings.update({ currency: 'euro' })).toThrow();
  expect(() => storage.settings.update({ tariffPerKWh: -1 })).toThrow();
  expect(storage.settings.get()).toEqual(defaultSettings);
  database.sqlite.prepare("INSERT INTO settings VALUES ('currency', '7')").run();
  expect(() => storage.settings.get()).toThrow(expect.objectContaining({ code: 'STORAGE_UNUSABLE' }) as Error);
});
