import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTimeBudget } from '../../../src/cli/actions/time-budget.ts';
import { createRunProgress } from '../../../src/cli/output/run-progress.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import { runIdSchema } from '../../../src/shared/domain/ids.ts';
import { createConfig } from '../storage/sample-run.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const waiting = { type: 'waiting', owner: { pid: 1, startTime: 'a', since: '2025-01-01T00:00:00.000Z' } } as const;

describe('the progress of a run', () => {
  const runId = runIdSchema.parse('run_0000000000000000');
  const cells = [createConfig({ batch: 1 }), createConfig({ batch: 2 })];
  const stage = { type: 'progress', index: 0, process: 0, queries: 0, elapsedNs: 0, latestLatencyNs: null } as const;

  function follow(): { show: ReturnType<typeof createRunProgress>; last: () => string } {
    const lines: string[] = [];
    const ignore = (): void => undefined;
    const terminal: Terminal = {
      width: 80,
      paint: (_style, text) => text,
      print: ignore,
      note: ignore,
      progress: (line) => void lines.push(line),
      endProgress: ignore,
      write: () => Promise.resolve(),
    };
    const show = createRunProgress(terminal, { cellS: () => 18, measuredS: 10 });
    show({ type: 'started', runId, cells, pending: 2 });
    show({ type: 'cell-started', index: 0, config: createConfig({ batch: 1 }) });
    return { show, last: () => lines.at(-1) ?? '' };
  }

  it('counts the configurations that follow', () => {
    expect(follow().last()).toMatch(/^1\/2 .* 36 s left/);
  });

  it('keeps the whole measured part to come while a warm-up takes longer than expected', () => {
    const { show, last } = follow();
    vi.advanceTimersByTime(60_000);
    show({ ...stage, stage: 'warm-up', remainingNs: null });
    expect(last()).toMatch(/28 s left · warming up/);
  });

  it('takes the time left from the engine once it measures', () => {
    const { show, last } = follow();
    show({ ...stage, stage: 'measured', remainingNs: 4e9, queries: 1000, latestLatencyNs: 2_345_678 });
    expect(last()).toMatch(/22 s left · measuring · 1.000 queries · 2.35 ms/);
  });
});

it('waiting for another measurement costs nothing of a time budget', () => {
  const budget = createTimeBudget(100);
  vi.advanceTimersByTime(10_000);
  budget.follow(waiting);
  vi.advanceTimersByTime(60_000);
  expect(budget.leftS()).toBe(90);
  budget.follow({ type: 'preparing', model: 'digits-cnn', share: 1 });
  vi.advanceTimersByTime(5_000);
  expect(budget.leftS()).toBe(85);
});
