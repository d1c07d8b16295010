import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../../../src/core/resources.ts';
import { exportRun } from '../../../src/core/report/export-run.ts';
import { reportWriters } from '../../../src/core/report/registry.ts';
import {
  runExportDocumentSchema,
  runExportHeadSchema,
  runExportSampleSchema,
  toRunExportJsonSchema,
} from '../../../src/core/report/run-export.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import type { RunId } from '../../../src/shared/domain/ids.ts';
import {
  createCompleted,
  createConfig,
  createTemporaryFolder,
  finishCell,
  machineFingerprint,
  machineSha256,
  simulateSeries,
  storeRun,
  type TemporaryFolder,
} from '../storage/sample-run.ts';

let folder: TemporaryFolder;
let storage: Storage;
let runId: RunId;
const closed = simulateSeries(9_000, 1);
const open = { ...simulateSeries(3, 2), scheduledNs: Float64Array.of(-5, 0, 2 ** 50) };
const p50Ns = 1_234_567.891;

/** One run with a completed cell of two processes, a failed one whose text needs care in CSV, and a pending one. */
beforeEach(() => {
  folder = createTemporaryFolder();
  storage = openStorage(path.join(folder.path, 'test.sqlite'));
  runId = storeRun(storage, {
    createdAtMs: 1e12,
    configs: [createConfig(), createConfig({ model: '=HYPERLINK("http://x","y")' }), createConfig({ batch: 4 })],
  });
  finishCell(storage, runId, 0, createCompleted(p50Ns), [closed, open]);
  const failure = { code: 'MODEL_INVALID', message: 'Line one,\n"line two".', remedy: '-' } as const;
  finishCell(storage, runId, 1, { state: 'failed', failure });
});

afterEach(() => {
  storage.close();
  folder[Symbol.dispose]();
});

async function exportText(format: string): Promise<string> {
  const target = path.join(folder.path, `run.${format}`);
  const { sizeBytes, sha256 } = await exportRun(storage, runId, format, target);
  const bytes = readFileSync(target);
  expect({ sizeBytes, sha256 }).toEqual({
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  return bytes.toString('utf8');
}

test('json holds the run, the machine, every record and every stamp as stored', async () => {
  const document = runExportDocumentSchema.parse(JSON.parse(await exportText('json')));
  expect(document.run).toEqual(storage.runs.get(runId));
  expect(document.machines).toEqual([
    { sha256: machineSha256, fingerprint: machineFingerprint, report: { cpu: 'test', cores: 2 } },
  ]);
  const records = storage.cells.ofRun(runId);
  expect(document.cells).toEqual(
    records.map((record, i) => ({ ...record, series: document.cells[i]!.series, telemetry: [] })),
  );
  const expected = [closed, open].map(({ scheduledNs, issuedNs, completedNs }, process) => ({
    process,
    scheduledNs: scheduledNs === null ? null : [...scheduledNs],
    issuedNs: [...issuedNs],
    completedNs: [...completedNs],
  }));
  expect(document.cells.map(({ series }) => series)).toEqual([expected, [], []]);
});

/** The schema as a reader of the documentation gets it. */
function readPublishedSchema(): Parameters<typeof z.fromJSONSchema>[0] {
  const text = readFileSync(path.join(packageRoot, 'docs/schemas/run-export.v1.schema.json'), 'utf8');
  return JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0];
}

test('json satisfies the published schema, and the schema tells a wrong document', async () => {
  const schema = z.fromJSONSchema(readPublishedSchema());
  const document = JSON.parse(await exportText('json')) as { cells: { series: { issuedNs: unknown }[] }[] };
  expect(schema.safeParse(document).error).toBeUndefined();
  document.cells[0]!.series[0]!.issuedNs = ['1'];
  expect(schema.safeParse(document).success).toBe(false);
});

test('the published schema is the one that the code generates', () => {
  expect(readPublishedSchema()).toEqual(toRunExportJsonSchema());
});

test('jsonl holds the same run on its first line and the same stamps one a line', async () => {
  const [first, ...lines] = (await exportText('jsonl'))
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const head = runExportHeadSchema.parse(first);
  expect(head.cells).toEqual(storage.cells.ofRun(runId));
  const samples = lines.map((line) => runExportSampleSchema.parse(line));
  for (const [process, series] of [closed, open].entries()) {
    const own = samples.filter((sample) => sample.cell === 0 && sample.process === process);
    expect(own.map(({ sample }) => sample)).toEqual([...series.issuedNs.keys()]);
    expect(own.map(({ issuedNs }) => issuedNs)).toEqual([...series.issuedNs]);
    expect(own.map(({ completedNs }) => completedNs)).toEqual([...series.completedNs]);
    expect(own.map(({ scheduledNs }) => scheduledNs)).toEqual([
      ...(series.scheduledNs ?? Array<null>(9_000).fill(null)),
    ]);
  }
  expect(samples).toHaveLength(9_003);
});

type CsvColumn =
  | 'state'
  | 'p50_ns'
  | 'p50_low_ns'
  | 'p50_high_ns'
  | 'p99_ns'
  | 'p99_needed_queries'
  | 'throughput_samples_per_s'
  | 'throttled_share'
  | 'cpu_package_j_per_sample'
  | 'cpu_package_without_idle_j_per_sample'
  | 'cpu_package_w'
  | 'gpu_board_j_per_sample'
  | 'model'
  | 'failure_message';

test('csv holds one row per configuration with equal numbers, blanks for what is unknown, and no formulas', async () => {
  const [header, ...rows] = parseCsv(await exportText('csv'));
  const records = rows.map((row) => Object.fromEntries(row.map((field, i) => [header![i]!, field]))) as Partial<
    Record<CsvColumn, string>
  >[];
  expect(records.every((record) => Object.keys(record).length === header!.length)).toBe(true);
  expect(records.map(({ state }) => state)).toEqual(['completed', 'failed', 'pending']);
  const completed = records[0]!;
  expect(
    [completed.p50_ns, completed.p50_low_ns, completed.p50_high_ns, completed.throughput_samples_per_s].map(Number),
  ).toEqual([p50Ns, p50Ns * 0.9, p50Ns * 1.1, 1e9 / p50Ns]);
  expect([completed.p99_ns, completed.p99_needed_queries]).toEqual(['', '6000']);
  expect(completed).toMatchObject({
    throttled_share: '0.02',
    cpu_package_j_per_sample: '0.5',
    cpu_package_without_idle_j_per_sample: '0.3',
    cpu_package_w: '50',
    gpu_board_j_per_sample: '',
  });
  expect(records[1]).toMatchObject({
    model: `'=HYPERLINK("http://x","y")`,
    failure_message: 'Line one,\n"line two".',
    p50_ns: '',
  });
});

/** RFC 4180, strictly: CRLF, commas, doubled quotes. */
function parseCsv(text: string): string[][] {
  expect(text.endsWith('\r\n')).toBe(true);
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  const rows: string[][] = [[]];
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error('Not RFC 4180');
    const [, raw = '', end] = match;
    rows.at(-1)!.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('a file appears under its name only when it is whole', async () => {
  const broken: Storage = {
    ...storage,
    series: {
      ...storage.series,
      *read() {
        yield { process: 0, samples: closed };
        throw new Error('read failed');
      },
    },
  };
  const before = readdirSync(folder.path);
  await expect(exportRun(broken, runId, 'json', path.join(folder.path, 'run.json'))).rejects.toThrow('read failed');
  expect(readdirSync(folder.path)).toEqual(before);
});

test('an unknown format is refused with the names of the known ones', async () => {
  await expect(exportRun(storage, runId, 'xml', path.join(folder.path, 'x'))).rejects.toMatchObject({
    code: 'USAGE',
    remedy: 'Use one of: json, csv, jsonl.',
  });
});

test('the registry holds every file of its folder, each id once', () => {
  const files = readdirSync(path.join(packageRoot, 'src/core/report/writers')).map((name) =>
    path.basename(name, '.ts'),
  );
  expect(reportWriters.map(({ id }) => id).sort()).toEqual(files.sort());
});

test('a million samples are written in pieces of bounded size', () => {
  const million = simulateSeries(1_000_000, 3);
  const head = runExportHeadSchema.parse({
    format: 'inferometer.run',
    schemaVersion: 1,
    run: storage.runs.get(runId),
    machines: [{ sha256: machineSha256, fingerprint: machineFingerprint, report: {} }],
    cells: storage.cells.ofRun(runId).slice(0, 1),
  });
  for (const writer of reportWriters) {
    let longest = 0;
    for (const text of writer.write({ head, series: () => [{ process: 0, samples: million }], telemetry: () => [] })) {
      longest = Math.max(longest, text.length);
    }
    expect(longest, writer.id).toBeLessThan(512 * 1024);
  }
});
