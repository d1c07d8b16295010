import { absent, present } from '../../shared/domain/provenance.ts';
import { readProcessTree } from '../hardware/process-tree.ts';
import { defineSensor } from './sensor.ts';

/** Resident memory of the engine and of what it started. */
export const engineMemory = defineSensor({
  id: 'engine-memory',
  label: 'Memory of the engine',
  unit: 'B',
  kind: 'gauge',
  appliesTo: () => true,
  open({ enginePids }, { platform, files }) {
    if (platform !== 'linux') {
      return Promise.resolve(
        absent(
          'memory of other processes is told by programs only here, which would disturb what is measured',
          'The peak that the engine itself reports is in the result.',
        ),
      );
    }
    return Promise.resolve(
      present({
        source: 'resident memory by /proc',
        read: async () => (await readProcessTree(files, enginePids()))?.residentBytes ?? null,
        close: () => undefined,
      }),
    );
  },
});
