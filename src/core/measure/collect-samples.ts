import type { EngineSamples } from '../engine-client/engine-client.ts';
import type { SampleSeries } from '../../shared/domain/measurement.ts';

/**
 * Gathers the blocks of stamps that an engine sends into one series. Holds 16 bytes per kept query of a closed loop
 * (24 with a schedule), in blocks, so that a crash of the engine leaves everything that had arrived.
 */
export function createSampleCollector() {
  const blocks: EngineSamples[] = [];
  let count = 0;

  function join(pick: (block: EngineSamples) => Float64Array): Float64Array {
    const joined = new Float64Array(count);
    let offset = 0;
    for (const block of blocks) {
      joined.set(pick(block), offset);
      offset += block.issuedNs.length;
    }
    return joined;
  }

  return {
    add(block: EngineSamples): void {
      blocks.push(block);
      count += block.issuedNs.length;
    },
    count: () => count,
    toSeries(): SampleSeries {
      const scheduled = blocks.length > 0 && blocks.every((block) => block.scheduledNs !== null);
      return {
        scheduledNs: scheduled ? join((block) => block.scheduledNs ?? new Float64Array(0)) : null,
        issuedNs: join((block) => block.issuedNs),
        completedNs: join((block) => block.completedNs),
      };
    },
  };
}
