import { absent, present } from '../../shared/domain/provenance.ts';
import { parsePositive } from '../hardware/files.ts';
import type { SystemFiles } from '../hardware/files.ts';
import { defineSensor, type OpenSensor } from './sensor.ts';
import { usedCpus } from './used-cpus.ts';

/**
 * Clock of the processors in use, from the kernel's frequency driver. The MHz of /proc/cpuinfo are no substitute: in a
 * virtual machine they are a constant.
 */
export const cpuClock = defineSensor({
  id: 'cpu-clock',
  label: 'Processor clock',
  unit: 'Hz',
  kind: 'gauge',
  appliesTo: () => true,
  async open(scope, { platform, files }) {
    if (platform !== 'linux')
      return absent('the clock of the moment is read on Linux only', 'Measure under Linux to see it.');
    const cpus = usedCpus(scope);
    if (cpus.length === 0)
      return absent('nothing tells which processors are in use', 'Make /proc readable for this process.');
    const paths = cpus.map((cpu) => `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`);
    const first = await readClocks(files, paths);
    if (first.length === 0) {
      return absent(
        'this kernel runs no frequency driver, as in most virtual machines',
        'Measure on the physical machine to see it.',
      );
    }
    return present(toSensor(files, paths, scope.config.threads));
  },
});

function toSensor(files: SystemFiles, paths: readonly string[], threads: number): OpenSensor {
  // One thread moves between processors, and those that idle run slower than the one with the work.
  const isFastest = threads === 1 && paths.length > 1;
  const processors = paths.length === 1 ? 'one processor' : `${paths.length} processors`;
  return {
    source: `cpufreq, ${isFastest ? 'fastest' : 'mean'} of ${processors}`,
    async read() {
      const clocks = await readClocks(files, paths);
      if (clocks.length === 0) return null;
      return isFastest ? Math.max(...clocks) : clocks.reduce((sum, clock) => sum + clock) / clocks.length;
    },
    close: () => undefined,
  };
}

/** In Hz; the kernel tells kHz. A processor that is switched off has none. */
async function readClocks(files: SystemFiles, paths: readonly string[]): Promise<number[]> {
  const contents = await Promise.all(paths.map((path) => files.read(path)));
  return contents.flatMap((content) => {
    const kilohertz = content.status === 'present' ? parsePositive(content.value) : null;
    return kilohertz === null ? [] : [kilohertz * 1000];
  });
}
