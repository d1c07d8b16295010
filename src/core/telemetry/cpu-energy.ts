import { absent, present } from '../../shared/domain/provenance.ts';
import { openRapl } from '../hardware/rapl.ts';
import { defineSensor } from './sensor.ts';

/** Energy that the packages of all processors took since the sensor was opened. */
export const cpuEnergy = defineSensor({
  id: 'cpu-energy',
  label: 'Processor energy',
  unit: 'J',
  kind: 'counter',
  appliesTo: () => true,
  async open(_, { platform, files }) {
    if (platform !== 'linux')
      return absent('the energy of the processor is read on Linux only', 'Measure under Linux to see it.');
    const counter = await openRapl(files, 'package');
    if (counter.status === 'absent') return counter;
    const { zones, readJ } = counter.value;
    return present({
      source: `RAPL, ${zones === 1 ? 'one package' : `sum of ${zones} packages`}`,
      read: readJ,
      close: () => undefined,
    });
  },
});
