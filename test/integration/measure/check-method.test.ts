import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCore } from '../../../src/core/create-core.ts';
import { checkMethod, meanTimeOfQueue, meanTimeOfSchedule } from '../../../src/core/doctor/check-method.ts';
import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';

describe('the mean time of the M/D/1 queue', () => {
  it.each([
    [0.5, 1.5],
    [0.8, 3],
  ])('at a load of %d is %d service times', (load, times) => {
    expect(meanTimeOfQueue(1e6, load)).toBeCloseTo(times * 1e6, 3);
  });

  it.each([0.5, 0.8])('is that of the schedule which the self-check uses, within 2 percent, at a load of %d', (load) => {
    const arrivals = poissonArrivals({ ratePerS: 2000, minDurationS: 60, minQueries: 1, seed: 0 });
    const serviceNs = (load / 2000) * 1e9;
    expect(Math.abs(meanTimeOfSchedule(arrivals, serviceNs) / meanTimeOfQueue(serviceNs, load) - 1)).toBeLessThan(0.02);
  });
});

describe('the check of the method', () => {
  it('measures known times as they are, from the arrival on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'check-method-'));
    const core = createCore({ dataDirectory: folder });
    try {
      const steps: string[] = [];
      const { queues, knownDelay, nullModel } = await checkMethod({
        spawn: core.spawn,
        durationS: 0.5,
        onStep: (what) => steps.push(what),
      });
      expect(queues.map(({ load }) => load)).toEqual([0.5, 0.8]);
      for (const { measuredNs, scheduleNs, queries, serviceNs } of queues) {
        // Whatever else runs here, nothing can be answered sooner than the arrivals and the service allow.
        expect(measuredNs).toBeGreaterThanOrEqual(scheduleNs);
        expect(scheduleNs).toBeGreaterThan(serviceNs);
        expect(queries).toBeGreaterThan(900);
      }
      expect(knownDelay.medianNs).toBeGreaterThanOrEqual(1e6);
      expect(nullModel.medianNs).toBeGreaterThan(0);
      expect(new Set(steps)).toEqual(
        new Set(['empty calls', 'a known delay', 'a queue at 50 % load', 'a queue at 80 % load']),
      );
    } finally {
      core[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends when it is cancelled', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'check-method-'));
    const core = createCore({ dataDirectory: folder });
    const abort = new AbortController();
    try {
      await expect(
        checkMethod({
          spawn: core.spawn,
          durationS: 60,
          signal: abort.signal,
          onStep: (what, share) => {
            if (what.startsWith('a queue') && share > 0) abort.abort();
          },
        }),
      ).rejects.toMatchObject({ code: 'CANCELLED' });
    } finally {
      core[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
