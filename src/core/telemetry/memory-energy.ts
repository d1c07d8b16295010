import { absent, present } from '../../shared/domain/provenance.ts';
import { openRapl } from '../hardware/rapl.ts';
import { defineSensor } from './sensor.ts';

/** Energy that the main memory took since the sensor was opened; processors of desktops do not count it. */
export const memoryEnergy = defineSensor({
  id: 'memory-energy',
  label: 'Memory energy',
  unit: 'J',
  kind: 'counter',
  appliesTo: () => true,
  async open(_, { platform, files }) {
    if (platform !== 'linux')
      return absent('the energy of the memory is read on Linux only', 'Measure under Linux to see it.');
    const counter = await openRapl(files, 'dram');
    if (counter.status === 'absent') return counter;
    const { zones, readJ } = counter.value;
    return present({
      source: `RAPL, memory of ${zones === 1 ? 'one package' : `${zones} packages`}`,
      read: readJ,
      close: () => undefined,
    });
  },
});
