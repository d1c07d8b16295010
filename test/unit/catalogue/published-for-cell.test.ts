import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishedForCell } from '../../../src/core/catalogue/published-for-cell.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { toCellId, type CellId } from '../../../src/shared/domain/ids.ts';
import type { Provenance } from '../../../src/shared/domain/run.ts';
import {
  createCompleted,
  createConfig,
  createProvenance,
  createTemporaryFolder,
  storeRun,
  type TemporaryFolder,
} from '../storage/sample-run.ts';

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

/** A result of a model on an H200, made by a recipe or not. */
function storeCell(model: string, quantization: Provenance['quantization']): CellId {
  const config = createConfig({ model, provider: 'cuda', scenario: 'offline', batch: 64, dims: {} });
  const runId = storeRun(storage, { createdAtMs: 1, configs: [config] });
  const id = toCellId(runId, 0);
  const known = createProvenance();
  const runtime = { ...known.runtime, provider: 'cuda', device: 'NVIDIA H200' };
  storage.cells.start(id, '2026-01-02T03:04:05.000Z');
  const provenance = { ...known, quantization, runtime };
  storage.cells.finish(id, { outcome: createCompleted(1e6), provenance, endedAt: '2026-01-02T03:05:05.000Z' }, []);
  return id;
}

const int8 = { recipe: 'int8-static', calibrationSha256: null };

it('knows the precision of a quantized variant by its recipe', () => {
  const found = publishedForCell(storeCell('/models/resnet50.int8.onnx', int8), storage);
  expect(found.map(({ id }) => id)).toContain('mlperf41-h200-nvidia-resnet50-offline');
  expect(found.every(({ precision }) => precision === 'int8')).toBe(true);
});

it('takes a reference model for float32, which nobody published for this device', () => {
  expect(publishedForCell(storeCell('resnet50', null), storage)).toEqual([]);
});

it('claims nothing about a file whose precision is not known, or a configuration that was not measured', () => {
  expect(publishedForCell(storeCell('/models/resnet50.onnx', null), storage)).toEqual([]);
  const pending = storeRun(storage, { createdAtMs: 2, configs: [createConfig({ model: 'resnet50' })] });
  expect(publishedForCell(toCellId(pending, 0), storage)).toEqual([]);
});
