import { expect, it } from 'vitest';
import { listMachineEvidence } from '../../../src/cli/output/machine-evidence.ts';
import { printSensors } from '../../../src/cli/output/sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { FoundSensorInfo } from '../../../src/shared/domain/telemetry.ts';
import { createCompleted } from '../storage/sample-run.ts';

function print(sensors: readonly FoundSensorInfo[]): string {
  const lines: string[] = [];
  const ignore = (): void => undefined;
  printSensors(
    {
      width: 80,
      paint: (_style, text) => text,
      print: (...some) => void lines.push(...some),
      note: ignore,
      progress: ignore,
      endProgress: ignore,
      write: () => Promise.resolve(),
    },
    sensors,
  );
  return lines.join('\n');
}

it('the doctor names the source of each sensor, and one reason for all that it keeps away', () => {
  const noDriver = absent('NVML could not be loaded', 'Install the NVIDIA driver.');
  const text = print([
    {
      id: 'cpu-temperature',
      label: 'Processor temperature',
      unit: '°C',
      kind: 'gauge',
      origin: present({ source: 'coretemp, one sensor', reference: { value: 100, meaning: 'critical temperature' } }),
    },
    { id: 'gpu-clock', label: 'GPU clock', unit: 'Hz', kind: 'gauge', origin: noDriver },
    { id: 'gpu-power', label: 'GPU power', unit: 'W', kind: 'gauge', origin: noDriver },
  ]);
  expect(text).toContain('Processor temperature  coretemp, one sensor, critical temperature 100 °C');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'not available: GPU clock, GPU power. NVML could not be loaded. Install the NVIDIA driver.',
  );
  expect(print([])).toBe('');
});

it('a result says what throttled, and gives energy with its method, its error and what is above idle', () => {
  const outcome = createCompleted(2e6);
  if (outcome.state !== 'completed') throw new Error('not completed');
  const texts = listMachineEvidence(outcome.measurement).map(([label, parts]) => `${label}: ${parts.join(', ')}`);
  expect(texts[0]).toMatch(/^throttling: 2 % of the queries \(cpu-heat\), p50 without them 1\.98 ms$/);
  expect(texts[1]).toMatch(/^energy: CPU package: 500 mJ per sample, 50(?:\.0)? W, error of the meter not published/);
  expect(texts[1]).toMatch(/without the idle 20(?:\.0)? W: 300 mJ$/);
  expect(texts[2]).toBe('energy: GPU board, driver estimate not available: NVML could not be loaded');
  const ceiling = { value: 3, unit: 'J', kind: 'assumed', interval: null, n: null } as const;
  const { energy } = outcome.measurement;
  const assumed = listMachineEvidence({
    ...outcome.measurement,
    energy: { meters: [], ...energy, ceiling: { method: 'estimate, ceiling', power: ceiling, perSample: ceiling } },
  });
  expect(assumed.at(-1)?.[1].join()).toMatch(/assumed \(estimate, ceiling\): 3 J per sample/);
});
