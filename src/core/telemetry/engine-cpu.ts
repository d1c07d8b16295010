import { absent, present } from '../../shared/domain/provenance.ts';
import { readProcessTree } from '../hardware/process-tree.ts';
import { defineSensor } from './sensor.ts';

/** The kernel counts in hundredths of a second, so less than this says little. */
const shortestMs = 100;

/** Processor time of the engine and of what it started since the reading before; 1 is one processor in full. */
export const engineCpu = defineSensor({
  id: 'engine-cpu',
  label: 'Processors that the engine uses',
  unit: 'ratio',
  kind: 'gauge',
  appliesTo: () => true,
  open({ enginePids }, { platform, files, now }) {
    if (platform !== 'linux') {
      return Promise.resolve(
        absent(
          'processor time of other processes is told by programs only here, which would disturb what is measured',
          'Measure under Linux to see it.',
        ),
      );
    }
    let before: { pids: string; atMs: number; processorS: number } | null = null;
    return Promise.resolve(
      present({
        source: '/proc, 100 % is one processor',
        async read() {
          const pids = enginePids();
          const atMs = now();
          const use = await readProcessTree(files, pids);
          const last = before;
          if (use === null) {
            before = null;
            return null;
          }
          if (last?.pids === pids.join() && atMs - last.atMs < shortestMs) return null;
          before = { pids: pids.join(), atMs, processorS: use.processorS };
          // Other processes than before share no count with them.
          if (last?.pids !== before.pids || use.processorS < last.processorS) return null;
          const share = (use.processorS - last.processorS) / ((atMs - last.atMs) / 1000);
          return Math.round(share * 1e4) / 1e4;
        },
        close: () => undefined,
      }),
    );
  },
});
