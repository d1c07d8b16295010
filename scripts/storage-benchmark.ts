/**
 * Times the storage at a size that years of use would reach: 10,000 runs of one configuration with 1,000 samples
 * each. The samples are simulated. Prints the median and the slowest of repeated queries, and fails when a slowest
 * one passes its limit. `--keep <file>` leaves the database behind.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../src/core/storage/database.ts';
import { createStorage, openStorage, type Storage } from '../src/core/storage/open.ts';
import { decodeSeries, encodeSeries } from '../src/core/storage/series-codec.ts';
import { toCellId, type RunId } from '../src/shared/domain/ids.ts';
import {
  createCompleted,
  createConfig,
  finishCell,
  simulateSeries,
  storeRun,
} from '../test/unit/storage/sample-run.ts';

const RUNS = 10_000;
const SAMPLES_PER_RUN = 1_000;
const QUERY_LIMIT_MS = 50;
const ENCODE_LIMIT_MS = 1_000;
const DECODE_LIMIT_MS = 300;
const REPEATS = 21;

const MODELS = ['mobilenet', 'resnet50', 'bert-base', 'tiny'];
const PROVIDERS = ['cpu', 'cuda', 'dml'] as const;

interface Timing {
  what: string;
  medianMs: number;
  slowestMs: number;
  limitMs: number;
}

/** Run number 9,000 counted from the newest is the only one of its model: the filter has to pass all others. */
const rareRun = 1_000;

function fill(file: string): RunId[] {
  const database = openDatabase(file);
  // Only here: the benchmark times reading, and flushing each of 20,000 commits would add minutes to its preparation.
  database.sqlite.pragma('synchronous = OFF');
  using storage = createStorage(database);
  const ids: RunId[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const config = createConfig({
      model: run === rareRun ? 'rare' : (MODELS[run % MODELS.length] ?? 'tiny'),
      provider: PROVIDERS[run % PROVIDERS.length] ?? 'cpu',
    });
    const id = storeRun(storage, { createdAtMs: Date.UTC(2026, 0, 1) + run * 600_000, configs: [config] });
    const verdict = run % 10 === 0 ? 'INVALID' : 'VALID';
    finishCell(storage, id, 0, createCompleted(2e6 + run, verdict), [simulateSeries(SAMPLES_PER_RUN, run)]);
    storage.runs.markState(id, 'completed', '2026-01-01T00:10:00.000Z');
    ids.push(id);
  }
  return ids;
}

function time(what: string, limitMs: number, work: (repeat: number) => unknown): Timing {
  const times = Array.from({ length: REPEATS }, (_, repeat) => {
    const start = performance.now();
    work(repeat);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { what, limitMs, medianMs: times[REPEATS >> 1] ?? Number.NaN, slowestMs: times.at(-1) ?? Number.NaN };
}

function timeQueries(storage: Storage, ids: readonly RunId[]): Timing[] {
  const { runs, cells, series } = storage;
  const pick = (repeat: number): RunId => ids[(repeat * 479) % ids.length] ?? ids[0] ?? fail('no run was stored');
  const middle = pick(10);
  return [
    time('newest 50 runs', QUERY_LIMIT_MS, () => runs.list()),
    time('model and provider', QUERY_LIMIT_MS, () => runs.list({ model: 'resnet50', provider: 'cuda' })),
    time('model of one run only', QUERY_LIMIT_MS, () => runs.list({ model: 'rare' })),
    time('verdict that none has', QUERY_LIMIT_MS, () => runs.list({ verdict: 'VALID WITH REMARKS' })),
    time('state that none has', QUERY_LIMIT_MS, () => runs.list({ state: 'interrupted' })),
    time('since, invalid, after a cursor', QUERY_LIMIT_MS, () =>
      runs.list({ since: '2026-01-05T00:00:00Z', verdict: 'INVALID', cursor: middle }),
    ),
    time('200 configurations of a model', QUERY_LIMIT_MS, () => cells.summaries({ model: 'tiny', provider: 'cpu' })),
    time('one run with its percentiles', QUERY_LIMIT_MS, (repeat) => {
      const id = pick(repeat);
      return [runs.get(id), cells.ofRun(id)];
    }),
    time('samples of one run', QUERY_LIMIT_MS, (repeat) => [...series.read(toCellId(pick(repeat), 0))]),
  ];
}

function timeCodec(): Timing[] {
  const million = simulateSeries(1_000_000, 1);
  const blob = encodeSeries(million);
  console.log(
    `Simulated latencies around 2 ms: ${(blob.length / 1e6).toFixed(2)} bytes per sample in 1,000,000 samples`,
  );
  return [
    time('encode 1,000,000 samples', ENCODE_LIMIT_MS, () => encodeSeries(million)),
    time('decode 1,000,000 samples', DECODE_LIMIT_MS, () => decodeSeries(blob)),
  ];
}

function fail(reason: string): never {
  throw new Error(reason);
}

function benchmark(file: string): Timing[] {
  const start = performance.now();
  const ids = fill(file);
  const seconds = (performance.now() - start) / 1_000;
  const megabytes = statSync(file).size / 1e6;
  const samples = (RUNS * SAMPLES_PER_RUN).toLocaleString('en');
  console.log(
    `${RUNS.toLocaleString('en')} runs, ${samples} samples: ${megabytes.toFixed(0)} MB, filled in ${seconds.toFixed(0)} s`,
  );
  const opening = time('open the database', QUERY_LIMIT_MS * 10, () => openStorage(file).close());
  using storage = openStorage(file);
  return [opening, ...timeQueries(storage, ids), ...timeCodec()];
}

const { keep } = parseArgs({ options: { keep: { type: 'string' } } }).values;
const folder = mkdtempSync(join(tmpdir(), 'inferometer-storage-benchmark-'));
try {
  const timings = benchmark(keep ?? join(folder, 'benchmark.sqlite'));
  console.log(`\n${'median ms'.padStart(10)} ${'slowest ms'.padStart(11)} ${'limit ms'.padStart(9)}`);
  for (const { what, medianMs, slowestMs, limitMs } of timings) {
    const verdict = slowestMs > limitMs ? '  over the limit' : '';
    console.log(
      `${medianMs.toFixed(1).padStart(10)} ${slowestMs.toFixed(1).padStart(11)} ${String(limitMs).padStart(9)}  ${what}${verdict}`,
    );
    if (slowestMs > limitMs) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
