import { openDatabase } from '../../../src/core/storage/database.ts';
import { createStorage } from '../../../src/core/storage/open.ts';
import { createCompleted, createConfig, finishCell, storeRun } from '../../unit/storage/sample-run.ts';

const models = ['mobilenet-v2', 'resnet50', 'bert-base', 'digits-cnn'];
const providers = ['cpu', 'cuda', 'webgpu'] as const;
const verdicts = ['VALID', 'VALID', 'VALID WITH REMARKS', 'VALID', 'INVALID'] as const;

/** Runs of one configuration, ten minutes apart from the start of 2026, without samples. */
export function storeManyRuns(database: string, count: number): void {
  const opened = openDatabase(database);
  // Nobody misses this data after a power cut; flushing each of its commits would take minutes.
  opened.sqlite.pragma('synchronous = OFF');
  using storage = createStorage(opened);
  for (let run = 0; run < count; run++) {
    const config = createConfig({
      model: models[run % models.length]!,
      provider: providers[run % providers.length]!,
      batch: 2 ** (run % 5),
    });
    const id = storeRun(storage, { createdAtMs: Date.UTC(2026, 0, 1) + run * 600_000, configs: [config] });
    finishCell(storage, id, 0, createCompleted(2e6 + run * 100, verdicts[run % verdicts.length]));
    storage.runs.markState(id, 'completed', new Date(Date.UTC(2026, 0, 1) + run * 600_000 + 60_000).toISOString());
  }
}
