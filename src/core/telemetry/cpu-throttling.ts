import { absent, present } from '../../shared/domain/provenance.ts';
import type { SystemFiles } from '../hardware/files.ts';
import { defineSensor } from './sensor.ts';
import { usedCpus } from './used-cpus.ts';

/**
 * How often the processors in use were slowed down for their heat since the sensor was opened, as Intel's kernel driver
 * counts it, for cores and packages together.
 */
export const cpuThrottling = defineSensor({
  id: 'cpu-throttling',
  label: 'Slow-downs of the processor for heat',
  unit: '1',
  kind: 'counter',
  appliesTo: () => true,
  async open(scope, { platform, files }) {
    if (platform !== 'linux')
      return absent('slow-downs of the processor are counted on Linux only', 'Measure under Linux to see them.');
    const paths = await findCounts(files, usedCpus(scope));
    const first = await sumCounts(files, paths);
    if (first === null) {
      return absent(
        'this kernel counts no slow-downs for heat, as on AMD and ARM processors and in virtual machines',
        'Measure on a physical machine with an Intel processor to see them.',
      );
    }
    return present({
      source: 'thermal_throttle of the kernel',
      async read() {
        const sum = await sumCounts(files, paths);
        return sum === null ? null : sum - first;
      },
      close: () => undefined,
    });
  },
});

const cpuFolder = (cpu: number): string => `/sys/devices/system/cpu/cpu${cpu}`;

/** One file for each core and one for each package: their processors count the same. */
async function findCounts(files: SystemFiles, cpus: readonly number[]): Promise<string[]> {
  const paths = new Map<string, string>();
  for (const cpu of cpus) {
    const [core, socket] = await Promise.all(
      ['thread_siblings_list', 'physical_package_id'].map((leaf) => files.read(`${cpuFolder(cpu)}/topology/${leaf}`)),
    );
    for (const [part, place] of [
      ['core', core],
      ['package', socket],
    ] as const) {
      const key = `${part} ${place?.status === 'present' ? place.value : `of ${cpu}`}`;
      if (!paths.has(key)) paths.set(key, `${cpuFolder(cpu)}/thermal_throttle/${part}_throttle_count`);
    }
  }
  return [...paths.values()];
}

/** 0 is a count. A processor that is switched off has no file. */
async function sumCounts(files: SystemFiles, paths: readonly string[]): Promise<number | null> {
  const contents = await Promise.all(paths.map((path) => files.read(path)));
  const counts = contents.flatMap((content) =>
    content.status === 'present' && /^\d+$/.test(content.value) ? [Number(content.value)] : [],
  );
  return counts.length === 0 ? null : counts.reduce((sum, one) => sum + one);
}
