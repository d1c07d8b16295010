import { describe, expect, it } from 'vitest';
import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';
import { createServerAccount } from '../../../src/engine/scenarios/server-account.ts';
import { serve } from '../../support/simulated-server.ts';

const alone = { maxBatch: 1, maxDelayNs: 0 };

function overLoad(load: number) {
  const arrivals = poissonArrivals({ ratePerS: load * 1000, minDurationS: 10, minQueries: 1, seed: 5 });
  return serve(arrivals, alone, () => 1e6).server;
}

describe('the account of a server', () => {
  it.each([0.3, 0.8, 0.95])('at a load of %d has idle moments to its end, and every query answered', (load) => {
    const { idleInSecondHalf, unanswered, scheduledQueries, calls } = overLoad(load);
    expect(idleInSecondHalf).toBe(true);
    expect(unanswered).toBe(0);
    expect(calls).toEqual([{ queries: 1, calls: scheduledQueries, serviceNs: scheduledQueries * 1e6, joinNs: 0 }]);
  });

  it('of a server that cannot keep up has none, and a backlog that grows', () => {
    const { idleInSecondHalf, backlog, scheduledQueries } = overLoad(1.2);
    expect(idleInSecondHalf).toBe(false);
    // 1,200 arrivals and 1,000 answers per second leave 200 more every second: 1,000 at half of 10 s.
    expect(backlog.atHalf / 1000).toBeCloseTo(1, 0);
    expect(backlog.atEnd / scheduledQueries).toBeCloseTo(1 / 6, 1);
    expect(backlog.atEnd).toBeGreaterThan(1.5 * backlog.atHalf);
    expect(backlog.most).toBeGreaterThanOrEqual(backlog.atEnd - 1);
  });

  it('counts as late what begins after it could have begun, and nothing else', () => {
    const account = createServerAccount(Float64Array.of(0, 100, 10_000), 50);
    const call = (first: number, atNs: number) => ({ first, count: 1, atNs });
    // Begins at once; waits for the first, which is no lateness, then 30 late; 60 late after an idle time.
    account.add(call(0, 0), { waited: false, issuedNs: 0, endNs: 1000, joinNs: 0 });
    account.add(call(1, 1000), { waited: false, issuedNs: 1030, endNs: 2000, joinNs: 0 });
    account.add(call(2, 10_000), { waited: true, issuedNs: 10_060, endNs: 11_000, joinNs: 0 });
    expect(account.close().lateness).toEqual({ p50Ns: 30, p99Ns: 60, maxNs: 60, lateCalls: 1 });
  });

  it('tells the answered from those that had arrived when it was given up', () => {
    const account = createServerAccount(Float64Array.of(0, 1, 2, 3, 5000), 50);
    account.add({ first: 0, count: 1, atNs: 0 }, { waited: false, issuedNs: 0, endNs: 1000, joinNs: 0 });
    expect(account.isFarBehind()).toBe(true);
    expect(account.close()).toMatchObject({ scheduledQueries: 5, unanswered: 3, endNs: 1000, backlog: { atEnd: 3 } });
  });
});
