import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Sensors of processors, by the names of their kernel drivers. */
const processorSensors = new Set(['coretemp', 'k10temp', 'zenpower', 'cpu_thermal', 'cpu-thermal', 'soc_thermal']);

/**
 * Hottest processor sensor in degrees Celsius, or null where the system shows none, as virtual machines and systems
 * other than Linux do. Reads /sys/class/hwmon below `root`.
 */
export function readCpuTemperatureC(root = '/'): number | null {
  const folder = path.join(root, 'sys', 'class', 'hwmon');
  const temperatures = list(folder).flatMap((monitor) => {
    const home = path.join(folder, monitor);
    if (!processorSensors.has(read(path.join(home, 'name')) ?? '')) return [];
    return list(home)
      .filter((file) => /^temp\d+_input$/.test(file))
      .map((file) => Number(read(path.join(home, file)) ?? Number.NaN) / 1000)
      .filter((celsius) => Number.isFinite(celsius));
  });
  return temperatures.length > 0 ? Math.max(...temperatures) : null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
