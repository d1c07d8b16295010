import { describe, expect, it } from 'vitest';
import { findSkip, type LeaveOutContext } from '../../../src/core/measure/leave-out.ts';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import type { CellOutcome, CellRecord } from '../../../src/shared/domain/run.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { simulateOutcome, toRecord } from '../../support/simulated-cells.ts';
import { createConfig } from '../storage/sample-run.ts';

const plan = shortPlan({ models: ['mobilenet'], serviceLevel: { percentile: 90, latencyMs: 10 } });

function context(records: readonly CellRecord[], changes: Partial<LeaveOutContext> = {}): LeaveOutContext {
  return { plan, cpus: 4, ended: records, records: () => records, ...changes };
}

function measured(change: Partial<CellConfig>, latencyMs: number, verdict: 'VALID' | 'INVALID' = 'VALID'): CellRecord {
  return toRecord(createConfig(change), 0, simulateOutcome({ latencyNs: latencyMs * 1e6, samplesPerS: 1, verdict }));
}

describe('a larger batch', () => {
  const next = createConfig({ batch: 8 });

  it('is left out where a smaller one of its column misses the service level', () => {
    expect(findSkip(next, context([measured({ batch: 4 }, 20)]))).toMatchObject({
      state: 'skipped',
      cause: 'hopeless',
      reason: 'Batch 4 misses the limit of 10 ms at p90 already, so batch 8 cannot keep it.',
    });
  });

  it.each([
    ['keeps it', measured({ batch: 4 }, 5)],
    ['has an interval that contains the limit', measured({ batch: 4 }, 9.1)],
    ['is of another column', measured({ batch: 4, threads: 2 }, 20)],
    ['is no smaller', measured({ batch: 16 }, 20)],
    ['is invalid', measured({ batch: 4 }, 20, 'INVALID')],
  ])('is measured where the other one %s', (_, record) => {
    expect(findSkip(next, context([record]))).toBeNull();
  });

  it('is measured where the plan has no service level', () => {
    const { serviceLevel: _, ...without } = plan;
    expect(findSkip(next, context([measured({ batch: 4 }, 20)], { plan: without }))).toBeNull();
  });
});

describe('more threads at once than processors', () => {
  it.each([
    [{ threads: 5 }, true],
    [{ threads: 4 }, false],
    [{ threads: 2, instances: 3 }, true],
    [{ threads: 2, instances: 2 }, false],
    [{ threads: 0, instances: 4 }, false],
    [{ threads: 0, instances: 5 }, true],
  ])('%o', (change, isSkipped) => {
    expect(findSkip(createConfig(change), context([]))?.cause).toBe(isSkipped ? 'too-many-threads' : undefined);
  });

  it('are measured where nothing tells the number of processors', () => {
    expect(findSkip(createConfig({ threads: 64 }), context([], { cpus: null }))).toBeNull();
  });
});

describe('a provider that dies', () => {
  const gone: CellOutcome = {
    state: 'failed',
    failure: { code: 'PROVIDER_UNAVAILABLE', message: 'Gone.', remedy: 'Restart.' },
  };
  const crashed: CellOutcome = {
    state: 'crashed',
    stage: 'measured',
    exit: { exitCode: null, signal: 'SIGSEGV', stderrTail: '' },
    keptSamples: 0,
  };
  const silent: CellOutcome = {
    state: 'timed-out',
    stage: 'measured',
    limit: 'silence',
    deadlineS: 900,
    keptSamples: 0,
  };
  const next = createConfig({ provider: 'cuda', batch: 8 });

  function after(provider: CellConfig['provider'], ...outcomes: CellOutcome[]) {
    return findSkip(
      next,
      context(outcomes.map((outcome, index) => toRecord(createConfig({ provider }), index, outcome))),
    )?.cause;
  }

  it('is given up when its probe fails after a death', () => {
    expect(after('cuda', crashed, gone)).toBe('provider-lost');
    expect(after('cuda', gone, gone)).toBe('provider-lost');
    expect(after('cuda', silent, silent)).toBe('provider-lost');
  });

  it('is tried again while only configurations crash', () => {
    expect(after('cuda', crashed, crashed, crashed)).toBeUndefined();
    expect(after('cuda', gone)).toBeUndefined();
    expect(after('cuda', gone, simulateOutcome({ latencyNs: 1e6, samplesPerS: 1 }), crashed)).toBeUndefined();
  });

  it('does not take others with it, and the processor is never given up', () => {
    expect(after('webgpu', gone, gone)).toBeUndefined();
    const onCpu = [0, 1].map((index) => toRecord(createConfig(), index, silent));
    expect(findSkip(createConfig({ batch: 8 }), context(onCpu))).toBeNull();
  });
});
