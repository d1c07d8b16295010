import { expect, it } from 'vitest';
import { recordTelemetry } from '../../../src/core/measure/record-telemetry.ts';
import { encodeTelemetry } from '../../../src/core/storage/telemetry-codec.ts';
import type { FoundSensor } from '../../../src/core/telemetry/open-sensors.ts';
import { present } from '../../../src/shared/domain/provenance.ts';
import { toSensorSeries } from '../../../src/shared/domain/telemetry.ts';

function sensor(id: string, kind: FoundSensor['kind'], unit: FoundSensor['unit']): FoundSensor {
  return { id, label: id, unit, kind, found: present({ source: 'a test', read: () => 0, close: () => undefined }) };
}
const found = [sensor('heat', 'gauge', '°C'), sensor('energy', 'counter', 'J'), sensor('reasons', 'flags', '1')];
const halfSecondNs = 5e8;

it('stays within its bound for hours, with the whole course, the sum of the counter and every bit that was set', () => {
  const recorder = recordTelemetry(found, 1_000);
  const hours = 6;
  const readings = hours * 7_200;
  for (let step = 0; step < readings; step++) {
    recorder.add({
      elapsedNs: step * halfSecondNs,
      values: { heat: 40 + (step % 100) / 8, energy: step * 31.25, reasons: step === 12_345 ? 0x40 : 0 },
    });
  }
  const telemetry = recorder.toTelemetry();
  const [heat, energy, reasons] = toSensorSeries(telemetry);
  expect(telemetry.elapsedNs.length).toBeLessThanOrEqual(1_000);
  expect(telemetry.elapsedNs.length).toBeGreaterThan(250);
  expect(telemetry.elapsedNs[0]).toBe(0);
  expect(telemetry.elapsedNs.at(-1)!).toBeGreaterThan(0.98 * readings * halfSecondNs);
  if (heat?.readings.status !== 'present' || energy?.readings.status !== 'present') throw new Error('not recorded');
  const { elapsedNs, value } = energy.readings.value;
  expect(value).toEqual(elapsedNs.map((ns) => (ns / halfSecondNs) * 31.25));
  expect(heat.readings.value.value).toHaveLength(telemetry.elapsedNs.length);
  if (reasons?.readings.status !== 'present') throw new Error('not recorded');
  expect(reasons.readings.value.value.filter((bits) => bits === 0x40)).toHaveLength(1);
});

it('takes a few bytes of the database for each reading, and a bounded number for any time', () => {
  const recorder = recordTelemetry(found);
  for (let step = 0; step < 100_000; step++) {
    recorder.add({
      elapsedNs: step * halfSecondNs + ((step * 7919) % 1_000_000),
      values: { heat: 40 + ((step * 31) % 57) / 8, energy: step * 31.25 + ((step * 17) % 13) / 1000, reasons: 0 },
    });
  }
  const telemetry = recorder.toTelemetry();
  const bytes = encodeTelemetry(telemetry).length;
  expect(bytes / telemetry.elapsedNs.length).toBeLessThan(8);
  expect(bytes).toBeLessThan(16_384 * 8);
});
