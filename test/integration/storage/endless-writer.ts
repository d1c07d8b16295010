import { once } from 'node:events';
import { openStorage } from '../../../src/core/storage/open.ts';
import { createCompleted, createConfig, finishCell, simulateSeries, storeRun } from '../../unit/storage/sample-run.ts';

/* Started by kill.test.ts: at a word on its input, stores one finished configuration after another until killed. */

const [file, firstCreatedAtMs] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: endless-writer.ts <database> <created at, ms>');

const CELLS_PER_RUN = 8;
const samples = [simulateSeries(20_000, 1), simulateSeries(5_000, 2)];
await once(process.stdin, 'data');
const storage = openStorage(file);

for (let createdAtMs = Number(firstCreatedAtMs); ; createdAtMs += 1) {
  const configs = Array.from({ length: CELLS_PER_RUN }, () => createConfig());
  const run = storeRun(storage, { createdAtMs, configs });
  for (const index of configs.keys()) {
    finishCell(storage, run, index, createCompleted(1e6 + index), samples);
    // Tells the parent what it may rely on: printed only after finish has returned.
    process.stdout.write(`${run}.${index}\n`);
  }
  storage.runs.markState(run, 'completed', new Date(createdAtMs).toISOString());
}
