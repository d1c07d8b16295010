import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cellIdSchema } from '../../../src/shared/domain/ids.ts';
import { openDatabase } from '../../../src/core/storage/database.ts';
import { createStorage } from '../../../src/core/storage/open.ts';
import { createTemporaryFolder, simulateSeries } from '../../unit/storage/sample-run.ts';

const KILLS = 15;
const writer = fileURLToPath(new URL('./endless-writer.ts', import.meta.url));
const expectedSamples = [simulateSeries(20_000, 1), simulateSeries(5_000, 2)];

type Writer = ReturnType<typeof startWriter>;

/** Starts a writer that waits for its word; loading takes longer than what follows, so the next one loads meanwhile. */
function startWriter(file: string, createdAtMs: number) {
  return spawn(process.execPath, [writer, file, String(createdAtMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Lets it write, kills it `afterMs` after its first finished cell, and returns the cells that it announced. */
async function writeUntilKilled(child: Writer, afterMs: number): Promise<string[]> {
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const closed = once(child, 'close');
  const begun = once(child.stdout, 'data');
  child.stdin.write('go\n');
  await begun;
  await delay(afterMs);
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // What follows the last line break was cut off by the kill.
  return output.split('\n').slice(0, -1);
}

test('a process killed at any moment leaves a database that opens with every finished measurement whole', async () => {
  using folder = createTemporaryFolder();
  const file = path.join(folder.path, 'killed.sqlite');
  const announced: string[] = [];
  let next = startWriter(file, 1e12);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const child = next;
    if (kill < KILLS) next = startWriter(file, 1e12 + kill * 1e6);
    // Spread over several writes, at a different phase each time.
    announced.push(...(await writeUntilKilled(child, (kill * 37) % 90)));
    const database = openDatabase(file);
    using storage = createStorage(database);
    expect(database.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.sqlite.prepare('SELECT * FROM pragma_foreign_key_check').all()).toEqual([]);
    storage.runs.recoverInterrupted(() => false);
    const rows = database.sqlite.prepare<[], { id: string; state: string }>('SELECT id, state FROM cells').all();
    expect(new Set(rows.map(({ state }) => state))).not.toContain('running');
    const finished = new Set(rows.filter(({ state }) => state === 'completed').map(({ id }) => id));
    expect(announced.filter((id) => !finished.has(id))).toEqual([]);
    const sizes = rows.map(({ id, state }) =>
      [
        state,
        storage.series
          .sizes(cellIdSchema.parse(id))
          .map(({ n }) => n)
          .join(),
      ].join(),
    );
    expect(sizes.filter((one) => one !== 'completed,20000,5000' && one !== 'pending,')).toEqual([]);
  }
  using storage = createStorage(openDatabase(file));
  const last = announced.slice(-20).map((id) => cellIdSchema.parse(id));
  for (const id of last) expect([...storage.series.read(id)].map(({ samples }) => samples)).toEqual(expectedSamples);
});
