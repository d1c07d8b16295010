import type { FromEngine } from '../protocol.ts';

/** Stamps held back before they are sent: 64 Ki queries or one second, whichever comes first. */
const blockSize = 65_536;

type SamplesMessage = Extract<FromEngine, { type: 'samples' }>;

/**
 * Collects the stamps of one series in preallocated blocks and hands full ones over, so that the engine holds at most
 * one block (1.5 MiB) and a crash loses at most what came since the last hand-over.
 */
export function createStampBlocks(withSchedule: boolean, handOver: (message: SamplesMessage) => void) {
  const scheduled = withSchedule ? new Float64Array(blockSize) : null;
  const issued = new Float64Array(blockSize);
  const completed = new Float64Array(blockSize);
  let count = 0;

  function flush(): void {
    if (count === 0) return;
    handOver({
      type: 'samples',
      scheduledNs: scheduled?.slice(0, count) ?? null,
      issuedNs: issued.slice(0, count),
      completedNs: completed.slice(0, count),
    });
    count = 0;
  }

  return {
    add(scheduledNs: number, issuedNs: number, completedNs: number): void {
      if (scheduled !== null) scheduled[count] = scheduledNs;
      issued[count] = issuedNs;
      completed[count] = completedNs;
      if (++count === blockSize) flush();
    },
    flush,
  };
}
