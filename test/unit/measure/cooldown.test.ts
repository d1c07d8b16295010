import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readCpuTemperatureC } from '../../../src/core/hardware/cpu-temperature.ts';
import { createSystemFiles } from '../../../src/core/hardware/files.ts';
import { coolDown } from '../../../src/core/measure/cooldown.ts';

it('reads the hottest processor sensor and no other', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'hwmon-'));
  const sensor = (monitor: string, name: string, milliCelsius: number[]): void => {
    const home = path.join(root, 'sys', 'class', 'hwmon', monitor);
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'name'), `${name}\n`);
    milliCelsius.forEach((value, index) => {
      writeFileSync(path.join(home, `temp${index + 1}_input`), `${value}\n`);
    });
  };
  const files = createSystemFiles(root);
  expect(await readCpuTemperatureC(files)).toBeNull();
  sensor('hwmon0', 'nvme', [70_000]);
  sensor('hwmon1', 'coretemp', [41_000, 47_500]);
  expect(await readCpuTemperatureC(files)).toBe(47.5);
  rmSync(root, { recursive: true, force: true });
});

it('waits until the processor is within 3 degrees of the start', async () => {
  const readings = [60, 54, 53];
  await coolDown(50, undefined, () => Promise.resolve(readings.shift() ?? 0));
  expect(readings).toEqual([]);
});

it('waits for nothing without a sensor, and no longer once aborted', async () => {
  const hot = () => Promise.resolve(90);
  await coolDown(null, undefined, hot);
  await coolDown(50, AbortSignal.abort(), hot);
});
