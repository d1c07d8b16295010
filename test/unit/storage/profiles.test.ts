import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { profileIdSchema, toCellId, toProfileId } from '../../../src/shared/domain/ids.ts';
import { absent } from '../../../src/shared/domain/provenance.ts';
import type { ProfileRecord } from '../../../src/shared/domain/profile.ts';
import type { MachinePeaks } from '../../../src/shared/domain/roofline.ts';
import { profileRecord, readWithoutGraph } from '../../support/profile-record.ts';
import { profiledNode } from '../../support/profiled-node.ts';
import {
  createCompleted,
  createConfig,
  createProvenance,
  createTemporaryFolder,
  finishCell,
  machineFingerprint,
  machineSha256,
  storeRun,
  type TemporaryFolder,
} from './sample-run.ts';

let folder: TemporaryFolder;
let storage: Storage;

beforeEach(() => {
  folder = createTemporaryFolder();
  storage = openStorage(path.join(folder.path, 'test.sqlite'));
});
afterEach(() => {
  storage.close();
  folder[Symbol.dispose]();
});

function createRecord(atMs: number, changes: Partial<ProfileRecord> = {}): ProfileRecord {
  const record = profileRecord(readWithoutGraph([profiledNode({ name: 'a' })]), {
    id: toProfileId(atMs, 1),
    provenance: createProvenance(),
    ...changes,
  });
  storage.machines.put({
    fingerprint: machineFingerprint,
    report: { cores: 2, cpu: 'test' },
    seenAt: '2026-01-02T03:04:05.000Z',
  });
  storage.profiles.create(record);
  return record;
}

test('a profile comes back as it was, newest first, a page at a time', () => {
  const records = [1, 2, 3].map((atMs) => createRecord(atMs));
  expect(storage.profiles.get(records[0]!.id)).toEqual(records[0]);
  const first = storage.profiles.list({ limit: 2 });
  expect(first.items.map(({ id }) => id)).toEqual([records[2]!.id, records[1]!.id]);
  expect(first.items[0]).toMatchObject({
    label: 'cpu',
    hostToHostNs: 1_000_000,
    overhead: 1.2,
    plan: records[2]!.plan,
  });
  const second = storage.profiles.list({ limit: 2, cursor: first.nextCursor! });
  expect(second).toMatchObject({ items: [{ id: records[0]!.id }], nextCursor: null });
  expect(storage.profiles.list({ model: 'other.onnx' }).items).toEqual([]);
});

test('the machine report stays as long as a profile names it', () => {
  const [one, other] = [1, 2].map((atMs) => createRecord(atMs));
  storage.profiles.delete(one!.id);
  expect(storage.machines.get(machineSha256).fingerprint).toBe(machineFingerprint);
  storage.profiles.delete(other!.id);
  expect(() => storage.machines.get(machineSha256)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  expect(() => {
    storage.profiles.delete(other!.id);
  }).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('a profile goes with the configuration that it belongs to, and one that stands alone stays', () => {
  const runId = storeRun(storage, { createdAtMs: 1, configs: [createConfig()] });
  finishCell(storage, runId, 0, createCompleted(1e6));
  storage.runs.markState(runId, 'completed', '2026-01-02T03:05:05.000Z');
  const cellId = toCellId(runId, 0);
  const [linked, alone] = [createRecord(1, { cellId }), createRecord(2)];
  expect(storage.profiles.list({ cellId }).items).toMatchObject([{ id: linked.id }]);
  storage.runs.delete(runId);
  expect(storage.profiles.list().items.map(({ id }) => id)).toEqual([alone.id]);
  expect(storage.machines.get(machineSha256).fingerprint).toBe(machineFingerprint);
});

test('a profile of a configuration that is not stored is refused', () => {
  const cellId = toCellId(storeRun(storage, { createdAtMs: 1, configs: [createConfig()] }), 7);
  expect(() => createRecord(1, { cellId })).toThrow();
  const unknown = profileIdSchema.parse(`prf_${'9'.repeat(16)}`);
  expect(() => storage.profiles.get(unknown)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('peaks are kept once for each machine, provider and number of threads', () => {
  const none = absent('not measured in this test');
  const peaks = (threads: number, durationS: number): MachinePeaks => ({
    provider: 'cpu',
    threads,
    machineFingerprint,
    onnxruntime: '1.30.0',
    measuredAt: '2026-01-02T03:04:05.000Z',
    durationS,
    otherLoad: null,
    products: { float32: none, float16: none, int8: none },
    float32OneThread: none,
    copy: none,
    copyArrayBytes: 1024,
  });
  storage.peaks.put(peaks(1, 1));
  storage.peaks.put(peaks(2, 2));
  storage.peaks.put(peaks(1, 3));
  expect(storage.peaks.find(machineFingerprint, 'cpu', 1)).toEqual(peaks(1, 3));
  expect(storage.peaks.find(machineFingerprint, 'cuda', 1)).toBeNull();
  expect(storage.peaks.ofMachine(machineFingerprint)).toEqual([peaks(1, 3), peaks(2, 2)]);
});
