import { createHash } from 'node:crypto';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import { openStorage } from '../../../src/core/storage/open.ts';
import type { ModelRecord } from '../../../src/core/storage/models.ts';
import { createTemporaryFolder, machineFingerprint } from './sample-run.ts';

const sha256 = sha256Schema.parse('d'.repeat(64));

function createModel(name: string): ModelRecord {
  return {
    name,
    path: `${name}.onnx`,
    sha256,
    kind: 'imported',
    addedAt: '2026-01-01T00:00:00.000Z',
    summary: {
      sha256,
      sizeBytes: 100,
      irVersion: 8,
      opsets: { 'ai.onnx': 17 },
      producer: null,
      inputs: [{ name: 'x', type: 'float32', dims: ['batch', 4] }],
      outputs: [{ name: 'y', type: 'float32', dims: null }],
      operators: { Relu: 1 },
      nodeCount: 1,
      parameters: 0,
      weightBytes: 0,
      weightPrecision: {},
      externalData: false,
      externalFiles: [],
      metadata: {},
    },
  };
}

test('models come back as they were added, by name, and a name is taken once', () => {
  using folder = createTemporaryFolder();
  using storage = openStorage(path.join(folder.path, 'test.sqlite'));
  storage.models.add(createModel('zebra'));
  storage.models.add(createModel('ant'));
  expect(storage.models.get('zebra')).toEqual(createModel('zebra'));
  expect(storage.models.list().map(({ name }) => name)).toEqual(['ant', 'zebra']);
  expect(() => {
    storage.models.add(createModel('ant'));
  }).toThrow(expect.objectContaining({ code: 'USAGE' }));
  storage.models.remove('ant');
  expect(() => storage.models.get('ant')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  expect(() => {
    storage.models.remove('ant');
  }).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('a report is kept under the hash of its canonical text, whatever the order of its fields', () => {
  using folder = createTemporaryFolder();
  using storage = openStorage(path.join(folder.path, 'test.sqlite'));
  const report = { gpus: [{ b: 1, a: null }], cpu: { status: 'present', value: 'x' } };
  const first = storage.machines.put({ fingerprint: machineFingerprint, report, seenAt: '2026-01-01T00:00:00.000Z' });
  const text = '{"cpu":{"status":"present","value":"x"},"gpus":[{"a":null,"b":1}]}';
  expect(first).toBe(createHash('sha256').update(text).digest('hex'));
  const reordered = { cpu: { value: 'x', status: 'present' }, gpus: [{ a: null, b: 1 }] };
  const again = { fingerprint: machineFingerprint, report: reordered, seenAt: '2026-02-01T00:00:00.000Z' };
  expect(storage.machines.put(again)).toBe(first);
  expect(storage.machines.get(first)).toEqual({
    fingerprint: machineFingerprint,
    report,
    firstSeen: '2026-01-01T00:00:00.000Z',
  });
  expect(() => storage.machines.get(sha256)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('reports of one machine at different times are all kept', () => {
  using folder = createTemporaryFolder();
  using storage = openStorage(path.join(folder.path, 'test.sqlite'));
  const put = (governor: string) =>
    storage.machines.put({ fingerprint: machineFingerprint, report: { governor }, seenAt: '2026-01-01T00:00:00.000Z' });
  const hashes = [put('powersave'), put('performance')];
  expect(hashes.map((hash) => storage.machines.get(hash))).toMatchObject([
    { fingerprint: machineFingerprint, report: { governor: 'powersave' } },
    { fingerprint: machineFingerprint, report: { governor: 'performance' } },
  ]);
});
