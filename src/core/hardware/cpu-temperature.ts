import { createSystemFiles, parsePositive } from './files.ts';
import type { SystemFiles } from './files.ts';

/** Sensors of processors, by the names of their kernel drivers. */
const processorMonitors = new Set(['coretemp', 'k10temp', 'zenpower', 'cpu_thermal', 'cpu-thermal', 'soc_thermal']);
/** The same by the types of thermal zones, which ARM boards have where there is no monitor. */
const processorZones = /^(?:x86_pkg_temp|(?:cpu|cpuss|soc)[-_\d]*thermal(?:[-_]zone)?)$/;
const monitors = '/sys/class/hwmon';
const zones = '/sys/class/thermal';

/** The files that the sensors of the processors are read from, and the name of what drives them. */
export interface CpuTemperatures {
  driver: string;
  paths: readonly string[];
}

/** Looks for sensors of processors once, so that reading them is cheap; null where the system shows none. */
export async function findCpuTemperatures(files: SystemFiles): Promise<CpuTemperatures | null> {
  return (await findMonitors(files)) ?? (await findZones(files));
}

/** The hottest of the sensors in degrees Celsius, or null where none answers. The kernel tells thousandths. */
export async function readHottestC(files: SystemFiles, paths: readonly string[]): Promise<number | null> {
  const contents = await Promise.all(paths.map((path) => files.read(path)));
  const temperatures = contents.flatMap((content) => {
    const milliCelsius = content.status === 'present' ? parsePositive(content.value) : null;
    return milliCelsius === null ? [] : [milliCelsius / 1000];
  });
  return temperatures.length > 0 ? Math.max(...temperatures) : null;
}

/**
 * The lowest temperature at which one of these sensors has its processor slowed down, in degrees Celsius; null where the
 * driver does not tell, as k10temp does not.
 */
export async function readCriticalC(files: SystemFiles, paths: readonly string[]): Promise<number | null> {
  const limits = paths.filter((path) => path.endsWith('_input')).map((path) => path.replace(/_input$/, '_crit'));
  const contents = await Promise.all(limits.map((path) => files.read(path)));
  const temperatures = contents.flatMap((content) => {
    const milliCelsius = content.status === 'present' ? parsePositive(content.value) : null;
    return milliCelsius === null ? [] : [milliCelsius / 1000];
  });
  return temperatures.length > 0 ? Math.min(...temperatures) : null;
}

/**
 * Hottest processor sensor in degrees Celsius, or null where the system shows none, as virtual machines and systems
 * other than Linux do.
 */
export async function readCpuTemperatureC(files: SystemFiles = createSystemFiles()): Promise<number | null> {
  const found = await findCpuTemperatures(files);
  return found === null ? null : readHottestC(files, found.paths);
}

async function findMonitors(files: SystemFiles): Promise<CpuTemperatures | null> {
  const drivers = new Set<string>();
  const paths: string[] = [];
  for (const monitor of await list(files, monitors)) {
    const name = await files.read(`${monitors}/${monitor}/name`);
    if (name.status === 'absent' || !processorMonitors.has(name.value)) continue;
    const inputs = (await list(files, `${monitors}/${monitor}`)).filter((file) => /^temp\d+_input$/.test(file));
    paths.push(...inputs.map((file) => `${monitors}/${monitor}/${file}`));
    drivers.add(name.value);
  }
  return paths.length === 0 ? null : { driver: [...drivers].join(', '), paths };
}

async function findZones(files: SystemFiles): Promise<CpuTemperatures | null> {
  const found: { type: string; path: string }[] = [];
  for (const zone of await list(files, zones)) {
    const type = await files.read(`${zones}/${zone}/type`);
    if (type.status === 'present' && processorZones.test(type.value))
      found.push({ type: type.value, path: `${zones}/${zone}/temp` });
  }
  const driver = [...new Set(found.map(({ type }) => type))].join(', ');
  return found.length === 0 ? null : { driver, paths: found.map(({ path }) => path) };
}

async function list(files: SystemFiles, folder: string): Promise<string[]> {
  const names = await files.list(folder);
  return names.status === 'present' ? names.value : [];
}
