import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchRate } from '../../../src/core/measure/search/rate.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import type { CellRecord } from '../../../src/shared/domain/run.ts';
import { readRateSearches } from '../../../src/shared/rate-search.ts';
import { measureSimulated, type Service } from '../../support/simulated-server.ts';
import { shortPlan } from '../../support/short-plan.ts';

const plan: Plan = {
  ...shortPlan({ models: ['m'], scenario: 'server' }),
  override: { minDurationS: 60, minQueries: 64 },
  serviceLevel: { percentile: 99, latencyMs: 10 },
  search: { kind: 'rate' },
};

type Measure = (config: CellConfig, index: number) => CellRecord;

/** Measures what the search asks for until it has enough, as a run does. */
function searchWith(measure: Measure, changes: Partial<Plan> = {}) {
  const changed = { ...plan, ...changes };
  const records: CellRecord[] = [];
  for (let next = searchRate(changed, records); next.length > 0; next = searchRate(changed, records)) {
    for (const config of next) records.push(measure(config, records.length));
    if (records.length > 100) throw new Error('The search does not end');
  }
  return { records, searches: readRateSearches(changed, records) };
}

const trueRatePerS = 279.7;

/** A simulated server whose calls take 2 ms, give or take. */
function noisy(seed: number, noise: number): Service {
  const random = createSeededRandom(seed);
  return (queries) => (1.5e6 + 0.5e6 * queries) * (1 + noise * ((random.next() >>> 0) / 2 ** 32 - 0.5));
}

describe('the search for the highest rate', () => {
  it.each([0, 0.2])('confirms what M/D/1 allows, with service times that vary by %d', (noise) => {
    const service = noisy(1, noise);
    const { searches } = searchWith((config, index) => measureSimulated(config, plan, index, service));
    const [search] = searches;
    const confirmed = search?.highestConfirmedPerS ?? 0;
    // Simulated over 2 million queries, 1 % of an M/D/1 queue with S = 2 ms takes over 10 ms at 279.7 per second. What a
    // minute can prove is below that.
    expect(confirmed).toBeGreaterThan(0.9 * trueRatePerS);
    expect(confirmed).toBeLessThan(1.01 * trueRatePerS);
    expect(search?.lowestFailedPerS).toBeGreaterThan(confirmed);
    expect(search?.lowestFailedPerS).toBeLessThan(1.1 * confirmed);
    const confirmation = search?.steps.findLast(({ purpose }) => purpose === 'confirm');
    expect(confirmation).toMatchObject({ ratePerS: confirmed, verdict: 'kept' });
  });

  it('finds more where queries share calls', () => {
    const batching = { maxBatch: 8, maxDelayMs: 1 };
    const { searches } = searchWith((config, index) => measureSimulated(config, plan, index, noisy(2, 0.1)), {
      batching,
    });
    expect(searches[0]?.highestConfirmedPerS).toBeGreaterThan(700);
  });

  it('gives the same next step for the same records, wherever it is taken up again', () => {
    const { records } = searchWith((config, index) => measureSimulated(config, plan, index, noisy(3, 0.1)));
    records.forEach((record, index) => {
      expect(searchRate(plan, records.slice(0, index))).toEqual([record.config]);
    });
  });

  it('measures trials at their own minima and one process, and the confirmation by the grade', () => {
    const { records } = searchWith((config, index) => measureSimulated(config, plan, index, noisy(4, 0)));
    const purposes = records.map(({ config }) => config.trial?.purpose);
    expect(purposes[0]).toBe('search');
    expect(purposes.at(-1)).toBe('confirm');
    expect(records[1]?.config.trial).toEqual({ purpose: 'search', minDurationS: 12, minQueries: 662 });
  });

  it('stops after the lone query where the limit is below what that takes', () => {
    const { records, searches } = searchWith(
      (config, index) =>
        measureSimulated(config, { ...plan, serviceLevel: { percentile: 99, latencyMs: 1.9 } }, index, noisy(5, 0)),
      { serviceLevel: { percentile: 99, latencyMs: 1.9 } },
    );
    expect(records).toHaveLength(1);
    expect(records[0]?.config.scenario).toBe('single-stream');
    expect(searches[0]).toMatchObject({ isLimitBelowService: true, highestConfirmedPerS: null, steps: [] });
  });

  it('searches for every configuration of the plan, one after the other', () => {
    const { searches } = searchWith((config, index) => measureSimulated(config, plan, index, noisy(6, 0)), {
      threads: [1, 2],
    });
    expect(searches.map(({ subject }) => subject.threads)).toEqual([1, 2]);
    expect(searches.every(({ highestConfirmedPerS }) => highestConfirmedPerS !== null)).toBe(true);
  });

  it('tries a rate whose trial crashed once more, and then goes on below it', () => {
    const measure: Measure = (config, index) => {
      const record = measureSimulated(config, plan, index, noisy(7, 0));
      if ((config.load?.ratePerS ?? 0) < 200) return record;
      const exit = { exitCode: null, signal: 'SIGSEGV', stderrTail: '' };
      return { ...record, outcome: { state: 'crashed', exit, stage: 'measured', keptSamples: 0 } };
    };
    const { searches } = searchWith(measure);
    const crashed = searches[0]?.steps.filter(({ verdict }) => verdict === 'unclear').map(({ ratePerS }) => ratePerS);
    expect(crashed?.length).toBeGreaterThan(1);
    expect(crashed?.every((rate) => crashed.filter((other) => other === rate).length === 2)).toBe(true);
    expect(searches[0]?.highestConfirmedPerS).toBeGreaterThan(190);
    expect(searches[0]?.lowestFailedPerS).toBeNull();
  });

  it('gives up where no lone query can be measured', () => {
    const failure = { code: 'PROVIDER_UNAVAILABLE' as const, message: 'No.', remedy: '-' };
    const { records, searches } = searchWith((config, index) => ({
      ...measureSimulated(config, plan, index, noisy(8, 0)),
      outcome: { state: 'failed', failure },
    }));
    expect(records).toHaveLength(2);
    expect(searches[0]?.alone).toBeNull();
  });
});

/** A server that keeps its service level up to exactly one rate. */
function upTo(highestPerS: number, alonePerS: number, flaw: (config: CellConfig, index: number) => boolean): Measure {
  const template = measureSimulated(
    {
      ...plan,
      model: 'm',
      provider: 'cpu',
      scenario: 'server',
      batch: 1,
      threads: 1,
      load: { ratePerS: 1, maxBatch: 1, maxDelayMs: 0 },
      trial: { purpose: 'search', minDurationS: 1, minQueries: 10 },
    } as CellConfig,
    plan,
    0,
    () => 1e6,
  );
  if (template.outcome.state !== 'completed') throw new Error('not completed');
  const { measurement } = template.outcome;
  const { server } = measurement;
  if (!server?.serviceLevel) throw new Error('no service level');
  const { serviceLevel } = server;
  const reading = { value: 1e9 / alonePerS, unit: 'ns' as const, kind: 'measured' as const, interval: null, n: 1 };
  const median = { status: 'earned' as const, percentile: 50, reading, earlyStoppingNs: null };
  const summary = { ...measurement.summary, percentiles: [median] };
  return (config, index) => {
    const rate = config.load?.ratePerS ?? 0;
    const kept = rate <= highestPerS !== flaw(config, index);
    const judged = { ...server, serviceLevel: { ...serviceLevel, kept, proved: kept } };
    const { server: _, ...alone } = { ...measurement, summary };
    const validity = { verdict: 'VALID' as const, findings: [] };
    const outcome = {
      state: 'completed' as const,
      measurement: config.load === undefined ? alone : { ...alone, server: judged },
      validity,
    };
    return { ...template, index, config, outcome };
  };
}

describe('for any server, the search', () => {
  it('confirms a rate within its resolution of the true one, and fails no rate below', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 12, noNaN: true }),
        fc.double({ min: 200, max: 1e5, noNaN: true }),
        (share, alone) => {
          const highest = share * alone;
          const { searches, records } = searchWith(upTo(highest, alone, () => false));
          const confirmed = searches[0]?.highestConfirmedPerS ?? 0;
          expect(confirmed).toBeLessThanOrEqual(highest);
          expect(confirmed).toBeGreaterThan(highest / 1.021);
          expect(searches[0]?.lowestFailedPerS).toBeGreaterThan(highest);
          expect(records.length).toBeLessThan(20);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never reports a rate that no full-length run kept, however trials mislead it, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (flaws) => {
        const measure = upTo(500, 1000, ({ trial }, index) => trial?.purpose === 'search' && (flaws[index] ?? false));
        const { searches, records } = searchWith(measure);
        const { highestConfirmedPerS = null } = searches[0] ?? {};
        const kept = records.filter(
          ({ config }) => config.trial?.purpose === 'confirm' && config.load!.ratePerS <= 500,
        );
        expect(highestConfirmedPerS).toBe(kept.at(-1)?.config.load?.ratePerS ?? null);
      }),
      { numRuns: 100 },
    );
  });
});
