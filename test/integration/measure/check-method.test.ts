import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiContext } from '../../../src/core/api/context.ts';
import { router } from '../../../src/core/api/router.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { checkMethod, meanTimeOfQueue, meanTimeOfSchedule } from '../../../src/core/doctor/check-method.ts';
import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';

describe('the mean time of the M/D/1 queue', () => {
  it.each([
    [0.5, 1.5],
    [0.8, 3],
  ])('at a load of %d is %d service times', (load, times) => {
    expect(meanTimeOfQueue(1e6, load)).toBeCloseTo(times * 1e6, 3);
  });

  it.each([0.5, 0.8])(
    'is that of the schedule which the self-check uses, within 2 percent, at a load of %d',
    (load) => {
      const arrivals = poissonArrivals({ ratePerS: 2000, minDurationS: 60, minQueries: 1, seed: 0 });
      const serviceNs = (load / 2000) * 1e9;
      expect(Math.abs(meanTimeOfSchedule(arrivals, serviceNs) / meanTimeOfQueue(serviceNs, load) - 1)).toBeLessThan(
        0.02,
      );
    },
  );
});

let folder: string;
let core: Core;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'check-method-'));
  core = createCore({ dataDirectory: folder });
});
afterAll(() => {
  core[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('the check of the method', () => {
  it('measures known times as they are, from the arrival on', async () => {
    const { queues, knownDelay, nullModel } = await checkMethod({ spawn: core.spawn, durationS: 0.5 });
    expect(queues.map(({ load }) => load)).toEqual([0.5, 0.8]);
    for (const { measuredNs, scheduleNs, queries, serviceNs } of queues) {
      // Whatever else runs here, no answer can come sooner than the service allows.
      expect(measuredNs).toBeGreaterThan(serviceNs);
      expect(scheduleNs).toBeGreaterThan(serviceNs);
      expect(queries).toBeGreaterThan(0);
    }
    expect(knownDelay.medianNs).toBeGreaterThanOrEqual(1e6);
    expect(nullModel.medianNs).toBeGreaterThan(0);
  });

  it('over the API says what it does, keeps the machine to itself, and ends when its reader leaves', async () => {
    const context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
    const client = createRouterClient(router, { context });
    const steps: string[] = [];
    for await (const message of await client.doctor.checkMethod({ seconds: 60 })) {
      if (message.type === 'checked') throw new Error('it ended by itself');
      steps.push(message.what);
      expect(context.sessions.isMeasuring()).toBe(true);
      if (message.what.startsWith('a queue') && message.share > 0) break;
    }
    expect([...new Set(steps)]).toEqual(['empty calls', 'a known delay', 'a queue at 50 % load']);
    // The machine is free again as soon as the engine has gone.
    await expect.poll(() => context.sessions.isMeasuring(), { timeout: 10_000 }).toBe(false);
    await context.sessions.close();
  });
});
