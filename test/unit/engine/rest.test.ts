import { expect, it } from 'vitest';
import { nowNs } from '../../../src/engine/timing/clock.ts';
import { restUntil } from '../../../src/engine/timing/wait.ts';

it('never ends early, however short or long the rest is', async () => {
  for (const pauseNs of [0, 0.05e6, 0.9e6, 3.3e6, 12e6]) {
    const timeNs = nowNs() + pauseNs;
    await restUntil(timeNs, () => false);
    expect(nowNs()).toBeGreaterThanOrEqual(timeNs);
  }
});

it('spends a long rest asleep, so that the processor can rest as well', async () => {
  const before = process.cpuUsage();
  await restUntil(nowNs() + 300e6, () => false);
  const { user, system } = process.cpuUsage(before);
  expect(user + system).toBeLessThan(150_000);
});

it('ends soon when nobody wants the rest', async () => {
  let cancelled = false;
  setTimeout(() => {
    cancelled = true;
  }, 20);
  const startNs = nowNs();
  await restUntil(startNs + 60e9, () => cancelled);
  expect(nowNs() - startNs).toBeLessThan(5e9);
});
