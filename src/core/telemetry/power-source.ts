import { absent, present } from '../../shared/domain/provenance.ts';
import { readLinuxPowerSource } from '../hardware/operating-system.ts';
import { defineSensor } from './sensor.ts';

/** A plug is pulled seldom, and asking takes several files. */
const everyMs = 5_000;

/** Whether the machine runs on battery, where processors run slower and throttle sooner. */
export const powerSource = defineSensor({
  id: 'power-source',
  label: 'Power source',
  unit: '1',
  kind: 'flags',
  flags: [{ mask: 1, name: 'on battery' }],
  appliesTo: () => true,
  async open(_, { platform, files, now }) {
    if (platform !== 'linux') {
      return absent(
        'the power source is looked up once before the start here, and not while something is measured',
        'The report of the machine that comes with the result has it.',
      );
    }
    const first = await readLinuxPowerSource(files);
    if (first.status === 'absent') return first;
    let latest = { atMs: now(), value: Number(first.value === 'battery') };
    return present({
      source: 'power_supply of the kernel',
      async read() {
        if (now() - latest.atMs < everyMs) return latest.value;
        const found = await readLinuxPowerSource(files);
        if (found.status === 'absent') return null;
        latest = { atMs: now(), value: Number(found.value === 'battery') };
        return latest.value;
      },
      close: () => undefined,
    });
  },
});
