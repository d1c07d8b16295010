import { expect, it } from 'vitest';
import { createWarmUpWatch } from '../../../src/engine/timing/warm-up.ts';

const rule = { minRuns: 10, minS: 2, maxS: 60, tolerance: 0.05 };
const ms = 1e6;

/** Feeds latencies (ms) until the watch is done; returns its state and the seconds and runs that passed. */
function warmUp(latencyMs: (run: number) => number) {
  const watch = createWarmUpWatch(rule);
  let run = 0;
  while (watch.state() === 'warming') {
    const latencyNs = latencyMs(run++) * ms;
    watch.add(latencyNs, latencyNs);
  }
  return { state: watch.state(), seconds: watch.elapsedNs() / 1e9, runs: run };
}

it('is steady after three windows of a second for a constant fast model', () => {
  const { state, seconds } = warmUp(() => 1);
  expect(state).toBe('steady');
  expect(seconds).toBeCloseTo(3, 1);
});

it('waits for three windows of 20 runs where runs are slow', () => {
  expect(warmUp(() => 200)).toMatchObject({ state: 'steady', runs: 60 });
});

it('waits until a falling latency has settled within five percent', () => {
  const { state, seconds } = warmUp((run) => 10 + 20 * Math.exp(-run / 100));
  expect(state).toBe('steady');
  expect(seconds).toBeGreaterThan(5);
});

it('gives up after a minute when windows never agree', () => {
  const watch = createWarmUpWatch(rule);
  let window = 0;
  let runs = 0;
  while (watch.state() === 'warming') {
    const latencyNs = (window % 2 === 0 ? 10 : 12) * ms;
    watch.add(latencyNs, latencyNs);
    if (++runs % 100 === 0) window++;
  }
  expect(watch.state()).toBe('unsteady');
  expect(watch.elapsedNs()).toBeGreaterThanOrEqual(60e9);
});
