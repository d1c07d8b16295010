import { describe, expect, it } from 'vitest';
import { createRunSession } from '../../../src/core/measure/session-state.ts';
import { estimateTimeLeft, shareOfConfiguration } from '../../../src/renderer/components/time-left.ts';
import type { CellProgress, RunSession } from '../../../src/shared/domain/run-session.ts';
import { shortPlan } from '../../support/short-plan.ts';

/** Four configurations, of which the second is being measured in its second engine process of three. */
function createSession(progress: Partial<CellProgress> | null): RunSession {
  const plan = shortPlan({ models: ['digits-cnn'], batches: [1, 2, 4, 8], repeats: 3 });
  const session = createRunSession(plan, new Date());
  const states = ['completed', 'running', 'pending', 'pending'] as const;
  const cells = session.cells.map(({ config }, index) => ({ config, state: states[index]! }));
  const somewhere: CellProgress = {
    index: 1,
    process: 1,
    stage: 'measured',
    queries: 100,
    elapsedNs: 4e9,
    remainingNs: 6e9,
    latestLatencyNs: 1e6,
  };
  return { ...session, phase: 'measuring', cells, progress: progress === null ? null : { ...somewhere, ...progress } };
}

/** 30 s for each configuration, 10 s for each engine process. */
const estimate = { cells: 4, seconds: 120 };

describe('the time that a measurement still takes', () => {
  it('is what the engine says, the processes that follow, and the configurations that wait', () => {
    expect(estimateTimeLeft(createSession({}), estimate)).toEqual({ configurationS: 16, planS: 76 });
  });

  it('is the estimate before the engine tells anything, less the warm-up so far', () => {
    expect(estimateTimeLeft(createSession(null), estimate)).toEqual({ configurationS: 30, planS: 90 });
    const warmingUp = createSession({ stage: 'warm-up', elapsedNs: 3e9, remainingNs: null });
    expect(estimateTimeLeft(warmingUp, estimate).configurationS).toBe(17);
  });

  it('grows with an engine that takes longer than was estimated', () => {
    const slow = createSession({ elapsedNs: 4e9, remainingNs: 36e9 });
    expect(estimateTimeLeft(slow, estimate)).toEqual({ configurationS: 76, planS: 316 });
  });

  it('leaves out what is done: a process in its checks, a configuration between two', () => {
    expect(estimateTimeLeft(createSession({ stage: 'checks', remainingNs: null }), estimate).configurationS).toBe(10);
    const between = createSession(null);
    const cells = between.cells.map((cell, index) => (index === 1 ? { ...cell, state: 'completed' as const } : cell));
    expect(estimateTimeLeft({ ...between, cells }, estimate)).toEqual({ configurationS: null, planS: 60 });
  });

  it('is not made up where nothing tells it', () => {
    expect(estimateTimeLeft(createSession(null), undefined)).toEqual({ configurationS: null, planS: null });
    expect(estimateTimeLeft({ ...createSession({}), phase: 'preparing' }, estimate)).toEqual({
      configurationS: null,
      planS: null,
    });
  });
});

describe('the share of a configuration that is done', () => {
  it('counts its engine processes alike', () => {
    expect(shareOfConfiguration(createSession({}))).toBeCloseTo((1 + 0.4) / 3);
    expect(shareOfConfiguration(createSession({ stage: 'warm-up', remainingNs: null }))).toBeCloseTo(1 / 3);
    expect(shareOfConfiguration(createSession({ stage: 'checks', remainingNs: null, process: 2 }))).toBe(1);
  });

  it('is unknown until the first measured part begins', () => {
    expect(shareOfConfiguration(createSession(null))).toBeNull();
    expect(shareOfConfiguration(createSession({ stage: 'warm-up', remainingNs: null, process: 0 }))).toBeNull();
  });
});
