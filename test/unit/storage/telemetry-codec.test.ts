import path from 'node:path';
import { expect, test } from 'vitest';
import { openStorage } from '../../../src/core/storage/open.ts';
import { decodeTelemetry, describeSensors, encodeTelemetry } from '../../../src/core/storage/telemetry-codec.ts';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { Telemetry, TelemetrySensor } from '../../../src/shared/domain/telemetry.ts';
import { createCompleted, createConfig, createProvenance, createTemporaryFolder, storeRun } from './sample-run.ts';

const origin = { source: 'a test' };

function sensor(id: string, kind: TelemetrySensor['kind'], values: readonly number[]): TelemetrySensor {
  return { id, label: id, unit: '1', kind, readings: present({ ...origin, value: Float64Array.from(values) }) };
}

const none = Number.NaN;
const telemetry: Telemetry = {
  elapsedNs: Float64Array.of(120, 500_000_350, 1_000_000_000, 1_500_000_001),
  sensors: [
    sensor('whole', 'gauge', [3e9, 2_900_000_000, 3e9, 1]),
    sensor('decimals', 'gauge', [62.625, 71.88, -0.5, 40]),
    sensor('gaps', 'gauge', [none, 41, none, 43]),
    sensor('empty', 'gauge', [none, none, none, none]),
    sensor('counter', 'counter', [0, 12.345678, none, 250.5]),
    sensor('any-double', 'gauge', [Math.PI, 1 / 3, Number.MAX_VALUE, -0]),
    {
      id: 'reasons',
      label: 'Reasons',
      unit: '1',
      kind: 'flags',
      flags: [{ mask: 4, name: 'power limit' }],
      readings: present({
        ...origin,
        reference: { value: 1, meaning: 'a limit' },
        value: Float64Array.of(0, 4, 0, 0x44),
      }),
    },
    { id: 'missing', label: 'Missing', unit: '°C', kind: 'gauge', readings: absent('no such sensor', 'Buy one.') },
  ],
};

test('readings come back as they were, with their gaps', () => {
  expect(decodeTelemetry(encodeTelemetry(telemetry), describeSensors(telemetry))).toEqual(telemetry);
});

test('nothing read comes back as nothing', () => {
  const empty: Telemetry = { elapsedNs: new Float64Array(0), sensors: [sensor('one', 'gauge', [])] };
  expect(decodeTelemetry(encodeTelemetry(empty), describeSensors(empty))).toEqual(empty);
});

test('a changed bit, a cut and the sensors of another blob are noticed', () => {
  const blob = encodeTelemetry(telemetry);
  const damaged: unknown = expect.objectContaining({ code: 'STORAGE_UNUSABLE' });
  for (const position of [0, 4, 5, 8, 17, blob.length - 1]) {
    const changed = Buffer.from(blob);
    changed[position]! ^= 1;
    expect(() => decodeTelemetry(changed, describeSensors(telemetry))).toThrow(damaged);
  }
  expect(() => decodeTelemetry(blob.subarray(0, blob.length - 3), describeSensors(telemetry))).toThrow(damaged);
  expect(() => decodeTelemetry(blob, describeSensors(telemetry).slice(1))).toThrow(damaged);
});

test('times that no measurement has are refused', () => {
  for (const elapsedNs of [Float64Array.of(1.5), Float64Array.of(-1), Float64Array.of(5, 4), new Float64Array(65_537)])
    expect(() => encodeTelemetry({ elapsedNs, sensors: [] })).toThrow(RangeError);
});

test('readings are stored with their configuration, and go when it is measured again or deleted', () => {
  using folder = createTemporaryFolder();
  using storage = openStorage(path.join(folder.path, 'test.sqlite'));
  const runId = storeRun(storage, { createdAtMs: 1e12, configs: [createConfig(), createConfig({ batch: 2 })] });
  const outcome = createCompleted(1e6);
  for (const index of [0, 1]) {
    const id = toCellId(runId, index);
    storage.cells.start(id, '2026-01-02T03:04:05.000Z');
    const result = { outcome, provenance: createProvenance(), endedAt: '2026-01-02T03:05:05.000Z' };
    storage.cells.finish(
      id,
      result,
      [],
      [
        { process: 0, telemetry },
        { process: 1, telemetry },
      ],
    );
  }
  const read = (index: number) => [...storage.telemetry.read(toCellId(runId, index))];
  expect(read(0)).toEqual([
    { process: 0, telemetry },
    { process: 1, telemetry },
  ]);
  storage.cells.reset(runId, ['completed']);
  expect([read(0), read(1)]).toEqual([[], []]);
});
