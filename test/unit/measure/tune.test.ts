import { describe, expect, it } from 'vitest';
import { usualTuneCells, tune } from '../../../src/core/measure/search/tune.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import type { CellOutcome, CellRecord } from '../../../src/shared/domain/run.ts';
import { readTuning } from '../../../src/shared/matrix/tuning.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { simulateOutcome, toRecord } from '../../support/simulated-cells.ts';

const crashed: CellOutcome = {
  state: 'crashed',
  stage: 'measured',
  exit: { exitCode: null, signal: 'SIGSEGV', stderrTail: '' },
  keptSamples: 0,
};

function plan(changes: Partial<Plan> = {}): Plan {
  return shortPlan({
    models: ['mlp-tabular'],
    scenario: 'offline',
    batches: [1, 2, 4, 8, 16],
    threads: [1, 0],
    search: { kind: 'tune', objective: 'throughput' },
    ...changes,
  });
}

/** Two threads are faster, and a batch of 8 fits the cache best. */
function answer({ batch, threads }: CellConfig): CellOutcome {
  const latencyNs = 1e6 * (1 + 0.5 * batch + (batch > 8 ? 6 * (batch - 8) : 0)) * (threads === 0 ? 0.6 : 1);
  return simulateOutcome({ latencyNs, samplesPerS: (batch * 1e9) / latencyNs });
}

/** Measures until nothing more is wanted, a batch of configurations at a time as a run does. */
function finish(ofPlan: Plan, outcome: (config: CellConfig) => CellOutcome, records: CellRecord[] = []): CellRecord[] {
  for (let next = tune(ofPlan, records); next.length > 0; next = tune(ofPlan, records)) {
    expect(records.length).toBeLessThan(200);
    for (const config of next) records.push(toRecord(config, records.length, outcome(config)));
  }
  return records;
}

function describeFull(records: readonly CellRecord[]): string[] {
  return records.flatMap(({ config: { batch, threads, trial } }) =>
    trial?.purpose === 'confirm' ? [`batch ${batch}, ${threads} threads`] : [],
  );
}

describe('a search for the best configuration', () => {
  it('measures the winner and the defaults in full at its end, and tries only some of the rest', () => {
    const records = finish(plan(), answer);
    expect(describeFull(records)).toEqual(['batch 8, 0 threads', 'batch 1, 0 threads']);
    const tuning = readTuning(plan(), records);
    expect(tuning).toMatchObject({
      candidates: 10,
      winner: { cell: { config: { batch: 8, threads: 0 } } },
      defaults: { cell: { config: { batch: 1, threads: 0 } } },
    });
    expect(tuning?.tried).toBeLessThan(10);
    expect(tuning?.gain?.value).toBeCloseTo((8 / 5) * 1.5, 5);
    expect(tuning?.gain?.interval?.low).toBeGreaterThan(2.3);
  });

  it('goes on where its results end, wherever it was stopped', () => {
    const whole = finish(plan(), answer);
    for (let stop = 0; stop <= whole.length; stop++) {
      const resumed = finish(plan(), answer, whole.slice(0, stop));
      expect(resumed.map(({ config }) => config)).toEqual(whole.map(({ config }) => config));
    }
  });

  it('leaves out what crashes, and takes the next best where the winner cannot be confirmed', () => {
    const isFragile = ({ batch, trial }: CellConfig): boolean => batch === 8 && trial?.purpose === 'confirm';
    const records = finish(plan(), (config) => (isFragile(config) ? crashed : answer(config)));
    expect(describeFull(records).slice(0, 2)).toEqual(['batch 8, 0 threads', 'batch 1, 0 threads']);
    const winner = readTuning(plan(), records)?.winner?.cell.config;
    expect(winner?.batch).toBe(4);
  });

  it('measures no other candidate in full where the machine makes the winner INVALID: it would be no better', () => {
    const unsteady = (config: CellConfig): CellOutcome => {
      const outcome = answer(config);
      if (config.trial?.purpose !== 'confirm' || outcome.state !== 'completed') return outcome;
      const finding = { code: 'UNSTEADY', severity: 'invalid', reason: 'r', remedy: 'r' } as const;
      return { ...outcome, validity: { verdict: 'INVALID', findings: [finding] } };
    };
    const records = finish(plan(), unsteady);
    expect(describeFull(records)).toEqual(['batch 8, 0 threads', 'batch 1, 0 threads']);
    expect(readTuning(plan(), records)?.winner).toBeNull();
  });

  it('asks for nothing in full where nothing can be measured', () => {
    const records = finish(plan(), () => crashed);
    expect(describeFull(records)).toEqual([]);
    expect(readTuning(plan(), records)).toMatchObject({ winner: null, gain: null, defaults: null });
  });

  it('takes the best that keeps the service level', () => {
    const limited = plan({ serviceLevel: { percentile: 90, latencyMs: 2.2 } });
    const records = finish(limited, answer);
    // Batch 4 on two threads: 1.8 ms at the median, 1.98 ms at p90.
    expect(readTuning(limited, records)?.winner?.cell.config).toMatchObject({ batch: 4, threads: 0 });
  });

  it('has no winner where the defaults miss the service level as well', () => {
    const limited = plan({ serviceLevel: { percentile: 90, latencyMs: 0.001 } });
    expect(readTuning(limited, finish(limited, answer))?.winner).toBeNull();
  });

  it('says that the defaults are best where they are', () => {
    const slower = (config: CellConfig): CellOutcome =>
      simulateOutcome({
        latencyNs: 1e6 * config.batch ** 2 * (config.threads === 1 ? 2 : 1),
        samplesPerS: 1e3 / config.batch,
      });
    const records = finish(plan(), (config) => (config.threads === 1 ? crashed : slower(config)));
    const tuning = readTuning(plan(), records);
    expect(tuning?.winner?.cell.id).toBe(tuning?.defaults?.cell.id);
    expect(tuning?.gain).toBeNull();
    expect(describeFull(records)).toEqual(['batch 1, 0 threads']);
  });

  it('looks at the smallest batch alone for the least latency', () => {
    const latency = plan({ search: { kind: 'tune', objective: 'latency' }, scenario: 'single-stream' });
    const records = finish(latency, answer);
    expect(new Set(records.map(({ config }) => config.batch))).toEqual(new Set([1]));
    expect(readTuning(latency, records)).toMatchObject({ candidates: 2, winner: { merit: { unit: 'ns' } } });
  });

  it('never takes a configuration whose result is of something else for the best', () => {
    const wrong = (config: CellConfig): CellOutcome => {
      const outcome = answer(config);
      if (config.batch !== 8 || outcome.state !== 'completed') return outcome;
      const finding = { code: 'BATCH_NOT_EXECUTED', severity: 'invalid', reason: 'r', remedy: 'r' } as const;
      return { ...outcome, validity: { verdict: 'INVALID', findings: [finding] } };
    };
    expect(readTuning(plan(), finish(plan(), wrong))?.winner?.cell.config.batch).toBe(4);
  });

  it('includes instances with explicit numbers of threads, and not twice', () => {
    const both = plan({ instances: [1, 2] });
    const tried = finish(both, answer).map(({ config: { threads, instances = 1 } }) => `${threads} x ${instances}`);
    expect(new Set(tried)).toEqual(new Set(['1 x 1', '1 x 2', '0 x 1']));
    expect(readTuning(both, [])?.candidates).toBe(15);
  });

  it('is estimated by about as many trials as it takes', () => {
    const records = finish(plan(), answer);
    const usual = usualTuneCells(plan());
    expect(Math.abs(usual.length - records.length)).toBeLessThan(8);
    expect(usual.filter(({ trial }) => trial?.purpose === 'confirm')).toHaveLength(2);
  });
});
