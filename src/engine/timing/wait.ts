import { nowNs } from './clock.ts';

/** Timers wake within about a millisecond of what was asked for; the rest is waited for awake. */
const timerSlackNs = 2e6;
/** Somebody who cancels does not wait longer than this. */
const longestSleepNs = 100e6;

/**
 * Resolves at a time of the engine's clock, late by microseconds, or early when it is cancelled: the last two
 * milliseconds are spent reading the clock, so that neither a timer nor a processor that has gone to sleep holds up what
 * comes then.
 */
export async function waitUntil(timeNs: number, isCancelled: () => boolean): Promise<void> {
  await sleepBefore(timeNs - timerSlackNs, isCancelled);
  while (nowNs() < timeNs && !isCancelled());
}

/** What a sleep of the thread can be late by. */
const sleepSlackNs = 0.15e6;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * The same for pauses whose subject is a processor at rest: where `waitUntil` is awake for the last two milliseconds, the
 * thread sleeps here and reads the clock only for the last 0.15 ms.
 */
export async function restUntil(timeNs: number, isCancelled: () => boolean): Promise<void> {
  await sleepBefore(timeNs - timerSlackNs, isCancelled);
  const restNs = timeNs - sleepSlackNs - nowNs();
  if (restNs > 0 && !isCancelled()) Atomics.wait(sleeper, 0, 0, restNs / 1e6);
  while (nowNs() < timeNs && !isCancelled());
}

/** Resolves by timers about a millisecond after a time, or early when it is cancelled. */
async function sleepBefore(timeNs: number, isCancelled: () => boolean): Promise<void> {
  for (;;) {
    const aheadNs = timeNs - nowNs();
    if (aheadNs <= 0 || isCancelled()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(aheadNs, longestSleepNs) / 1e6);
    });
  }
}
