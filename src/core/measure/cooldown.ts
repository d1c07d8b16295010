import { setTimeout as sleep } from 'node:timers/promises';
import { readCpuTemperatureC } from '../hardware/cpu-temperature.ts';

/** How close to the temperature of the start is cool, and how long to wait for it (docs/method/measurement.md). */
const toleranceC = 3;
const longestMs = 60_000;
const everyMs = 1000;

/**
 * Waits between configurations until the processor is as cool as at the start of the run, so that one does not pay for
 * the heat of the one before. Without a sensor there is nothing to wait for. Ends early when aborted.
 */
export async function coolDown(
  startC: number | null,
  signal?: AbortSignal,
  readTemperatureC: () => Promise<number | null> = () => readCpuTemperatureC(),
): Promise<void> {
  if (startC === null) return;
  for (let waitedMs = 0; waitedMs < longestMs; waitedMs += everyMs) {
    const nowC = await readTemperatureC();
    if (nowC === null || nowC <= startC + toleranceC || signal?.aborted) return;
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
