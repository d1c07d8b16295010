import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPace } from '../../../src/renderer/transport/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const everyMs = 500;

function createWatched() {
  const delivered: { value: number; atMs: number }[] = [];
  const state = { paused: false };
  const start = Date.now();
  const pace = createPace<number>({
    everyMs,
    isPaused: () => state.paused,
    deliver: (value) => void delivered.push({ value, atMs: Date.now() - start }),
  });
  return { pace, delivered, state };
}

/** Offers 1, 2, 3 ... ten times a second. */
async function offerFor(seconds: number, offer: (value: number) => void): Promise<void> {
  for (let value = 1; value <= seconds * 10; value++) {
    offer(value);
    await vi.advanceTimersByTimeAsync(100);
  }
}

describe('a pace of twice a second', () => {
  it('hands on the first of ten values a second at once, and of the rest the latest twice a second', async () => {
    const { pace, delivered } = createWatched();
    await offerFor(3, pace.offer);
    expect(delivered[0]).toEqual({ value: 1, atMs: 0 });
    expect(delivered.length).toBeLessThanOrEqual(7);
    const gaps = delivered.slice(1).map(({ atMs }, index) => atMs - delivered[index]!.atMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(everyMs);
    expect(delivered.at(-1)?.value).toBe(30);
  });

  it('hands on the last value when no other follows, and then a new one at once', async () => {
    const { pace, delivered } = createWatched();
    pace.offer(1);
    pace.offer(2);
    await vi.advanceTimersByTimeAsync(10 * everyMs);
    expect(delivered.map(({ value }) => value)).toEqual([1, 2]);
    pace.offer(3);
    expect(delivered.at(-1)).toEqual({ value: 3, atMs: 10 * everyMs });
  });

  it('hands on nothing while it is paused, and the latest as soon as that is over', async () => {
    const { pace, delivered, state } = createWatched();
    state.paused = true;
    await offerFor(2, pace.offer);
    expect(delivered).toEqual([]);
    state.paused = false;
    pace.resume();
    expect(delivered.map(({ value }) => value)).toEqual([20]);
  });

  it('loses nothing at its end', async () => {
    const { pace, delivered } = createWatched();
    pace.offer(1);
    pace.offer(2);
    pace.end();
    expect(delivered.map(({ value }) => value)).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(10 * everyMs);
    expect(delivered).toHaveLength(2);
  });
});
