import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import { openStorage } from '../../../src/core/storage/open.ts';
import type { ModelRecord } from '../../../src/core/storage/models.ts';
import { createTemporaryFolder, machineSha256 } from './sample-run.ts';

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

test('a machine is kept as it was first seen', () => {
  using folder = createTemporaryFolder();
  using storage = openStorage(path.join(folder.path, 'test.sqlite'));
  const report = { cpu: { name: { status: 'present', value: 'x' } }, gpus: [] };
  storage.machines.put(machineSha256, report, '2026-01-01T00:00:00.000Z');
  storage.machines.put(machineSha256, report, '2026-02-01T00:00:00.000Z');
  expect(storage.machines.get(machineSha256)).toEqual({ report, firstSeen: '2026-01-01T00:00:00.000Z' });
  expect(() => storage.machines.get(sha256)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
