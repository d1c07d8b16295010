import { absent, present } from '../../shared/domain/provenance.ts';
import { findCpuTemperatures, readCriticalC, readHottestC } from '../hardware/cpu-temperature.ts';
import { defineSensor } from './sensor.ts';

/** Hottest sensor of the processors: the one that the pause between configurations waits for. */
export const cpuTemperature = defineSensor({
  id: 'cpu-temperature',
  label: 'Processor temperature',
  unit: '°C',
  kind: 'gauge',
  appliesTo: () => true,
  async open(_, { platform, files }) {
    if (platform !== 'linux')
      return absent('the temperature of the processor is read on Linux only', 'Measure under Linux to see it.');
    const found = await findCpuTemperatures(files);
    if (found === null || (await readHottestC(files, found.paths)) === null) {
      return absent(
        'this kernel shows no sensor, as in most virtual machines',
        'On a physical machine, load coretemp (Intel) or k10temp (AMD).',
      );
    }
    const { driver, paths } = found;
    const criticalC = await readCriticalC(files, paths);
    const count = paths.length === 1 ? 'one sensor' : `hottest of ${paths.length} sensors`;
    return present({
      source: `${driver}, ${count}`,
      ...(criticalC === null ? {} : { reference: { value: criticalC, meaning: 'critical temperature' } }),
      read: () => readHottestC(files, paths),
      close: () => undefined,
    });
  },
});
