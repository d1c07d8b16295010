import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/core/measure/cell-rules.ts';
import { refuseUnjoinable } from '../../../src/core/measure/load/check-joining.ts';
import { judgeLateness, judgeOverload } from '../../../src/core/measure/load/judge-load.ts';
import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';
import { readServerLoad } from '../../../src/core/measure/load/read-server-load.ts';
import { scheduleOf } from '../../../src/core/measure/load/schedule.ts';
import { latenessLimitNs } from '../../../src/core/measure/load/server-rules.ts';
import { grades } from '../../../src/shared/domain/grades.ts';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import type { ServerLoad } from '../../../src/shared/domain/server-load.ts';
import { serve } from '../../support/simulated-server.ts';
import { shortPlan } from '../../support/short-plan.ts';

const load = { ratePerS: 500, maxBatch: 1, maxDelayMs: 0 };
const config: CellConfig = {
  model: 'm',
  provider: 'cpu',
  scenario: 'server',
  batch: 1,
  threads: 0,
  dims: {},
  seed: 3,
  load,
};

/** Two processes at half load of a model that takes 1 ms. */
function readTwo(latencyMs: number): ServerLoad {
  const processes = [1, 2].map((seed) =>
    serve(
      poissonArrivals({ ratePerS: 500, minDurationS: 20, minQueries: 1, seed }),
      { maxBatch: 1, maxDelayNs: 0 },
      () => 1e6,
    ),
  );
  return readServerLoad(processes, { load, serviceLevel: { percentile: 99, latencyMs }, percentiles: [50, 99] });
}

describe('what a server did', () => {
  it('is read over all processes: rates, time at work, delay apart from service', () => {
    const read = readTwo(100);
    expect(read.scheduledPerS / 500).toBeCloseTo(1, 1);
    expect(read.achievedPerS).toBeCloseTo(read.scheduledPerS, -1);
    expect(read.utilisation).toBeCloseTo(0.5, 1);
    expect(read.sustained).toBe(true);
    expect(read.service.map((one) => one.status === 'earned' && one.reading.value)).toEqual([1e6, 1e6]);
    expect(read.queueDelay[0]).toMatchObject({ status: 'earned', percentile: 50 });
    expect(read.batches).toEqual([{ queries: 1, calls: read.scheduledQueries, meanServiceNs: 1e6 }]);
  });

  it('keeps a service level, keeps it without proof, or misses it', () => {
    expect(readTwo(100).serviceLevel).toMatchObject({ missed: 0, kept: true, proved: true });
    expect(readTwo(1.2).serviceLevel).toMatchObject({ kept: false, proved: false });
    const { queries } = readTwo(100).serviceLevel ?? { queries: 0 };
    expect(queries).toBe(readTwo(100).scheduledQueries);
  });

  it('takes the queries without an answer for missed', () => {
    const arrivals = Float64Array.of(0, 1, 2);
    const { samples, server } = serve(arrivals, { maxBatch: 1, maxDelayNs: 0 }, () => 1e6);
    const cut = {
      samples: {
        scheduledNs: arrivals.slice(0, 1),
        issuedNs: samples.issuedNs.slice(0, 1),
        completedNs: samples.completedNs.slice(0, 1),
      },
      server: { ...server, unanswered: 2 },
    };
    const read = readServerLoad([cut], { load, serviceLevel: { percentile: 50, latencyMs: 5 }, percentiles: [50] });
    expect(read.serviceLevel).toMatchObject({ queries: 3, missed: 2, kept: false });
    expect(read.sustained).toBe(false);
  });
});

describe('the validity of a server', () => {
  const good = readTwo(100);
  const late = (lateShare: number) => judgeLateness({ server: { ...good, lateness: { ...good.lateness, lateShare } } });

  it('ends where more than 1 % of its calls are late', () => {
    expect(late(0.01)).toBeNull();
    expect(late(0.011)).toMatchObject({ code: 'GENERATOR_LATE', severity: 'invalid' });
    expect(judgeLateness({})).toBeNull();
  });

  it('calls a call late beyond 1 ms, or 5 % of the mean gap where that is longer', () => {
    expect(latenessLimitNs(2000)).toBe(1e6);
    expect(latenessLimitNs(10)).toBe(5e6);
  });

  it('ends where it fell behind', () => {
    expect(judgeOverload({ server: good })).toBeNull();
    const overloaded = judgeOverload({ server: { ...good, sustained: false } });
    expect(overloaded).toMatchObject({ code: 'OVERLOADED', severity: 'invalid' });
    expect(overloaded?.reason).toMatch(/^[^\n]+\.$/);
  });
});

describe('the rules of a configuration', () => {
  const plan = shortPlan({
    models: ['m'],
    scenario: 'server',
    serviceLevel: { percentile: 99, latencyMs: 5 },
    repeats: 3,
  });

  it('are those of a trial where a search chose it, in one process', () => {
    const trial = { purpose: 'search' as const, minDurationS: 2, minQueries: 662 };
    expect(rulesOf({ ...config, trial }, plan, grades.quick)).toMatchObject({
      grade: { minDurationS: 2, minQueries: 662, percentiles: [50, 90, 99] },
      processes: 1,
    });
  });

  it('ask for the queries that prove the service level: with ten misses in a confirmation, with one elsewhere', () => {
    const confirmed = rulesOf({ ...config, trial: { purpose: 'confirm' } }, plan, grades.quick);
    expect(confirmed).toMatchObject({ grade: { minQueries: 2010, minDurationS: 0.3 }, processes: 3 });
    expect(rulesOf(config, plan, grades.quick).grade.minQueries).toBe(662);
  });

  it('are those of the grade where no search and no service level is', () => {
    const { serviceLevel: _, override: __, ...plain } = plan;
    expect(rulesOf(config, plain, grades.quick)).toMatchObject({ grade: grades.quick, custom: false, processes: 3 });
  });
});

describe('schedules', () => {
  const minima = { minDurationS: 1, minQueries: 1 };

  it('differ between processes and between a trial and its confirmation, and are stretched between trials', () => {
    const first = scheduleOf(config, minima, 0)?.arrivalsNs;
    expect(scheduleOf(config, minima, 1)?.arrivalsNs).not.toEqual(first);
    expect(scheduleOf({ ...config, trial: { purpose: 'confirm' } }, minima, 0)?.arrivalsNs).not.toEqual(first);
    const slower = scheduleOf({ ...config, load: { ...load, ratePerS: 250 } }, minima, 0)?.arrivalsNs;
    expect(slower?.[10]).toBeCloseTo(2 * (first?.[10] ?? 0), -1);
  });

  it('are made for servers alone', () => {
    const { load: _, ...other } = config;
    expect(scheduleOf(other, minima, 0)).toBeUndefined();
  });
});

describe('queries that share a call', () => {
  const batch = { kind: 'symbol', name: 'batch' } as const;
  const input = (dims: (number | string)[]) => [{ name: 'x', type: 'float32' as const, dims }];

  it('need inputs that lead with the batch and have it nowhere else', () => {
    expect(() => refuseUnjoinable(input(['batch', 4]), batch)).not.toThrow();
    expect(() => refuseUnjoinable(input([4, 'batch']), batch)).toThrow(/not the leading dimension/);
    expect(() => refuseUnjoinable(input(['batch', 'batch + 1']), batch)).toThrow(/not the leading dimension/);
    expect(() => refuseUnjoinable(input(['?', 4]), { kind: 'symbol', name: 'x:0' })).not.toThrow();
  });

  it('are refused where the batch is fixed or none is known', () => {
    expect(() => refuseUnjoinable(input([1, 4]), { kind: 'fixed', size: 1 })).toThrow(/fixes its batch at 1/);
    expect(() => refuseUnjoinable(input([4]), { kind: 'none' })).toThrow(/known to be the batch/);
  });
});
