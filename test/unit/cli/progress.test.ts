import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('the progress of a run', () => {
  const runId = runIdSchema.parse('run_0000000000000000');
  const cells = [createConfig({ batch: 1 }), createConfig({ batch: 2 })];
  const stage = { type: 'progress', index: 0, process: 0, queries: 0, elapsedNs: 0, latestLatencyNs: null } as const;

  function follow(repeats = 1): { show: ReturnType<typeof createRunProgress>; last: () => string } {
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
    const show = createRunProgress(terminal, { cellS: () => 18 * repeats, measuredS: 10, repeats });
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

  it('counts the processes that follow in each configuration', () => {
    const { show, last } = follow(3);
    expect(last()).toMatch(/^1\/2 .* 1 min 48 s left/);
    show({ ...stage, stage: 'measured', remainingNs: 4e9 });
    expect(last()).toMatch(/1 min 34 s left/);
    vi.advanceTimersByTime(20_000);
    show({ ...stage, process: 2, stage: 'session', remainingNs: null });
    expect(last()).toMatch(/1 min 12 s left/);
  });

  it('takes the time left from the engine once it measures', () => {
    const { show, last } = follow();
    show({ ...stage, stage: 'measured', remainingNs: 4e9, queries: 1000, latestLatencyNs: 2_345_678 });
    expect(last()).toMatch(/22 s left · measuring · 1.000 queries · 2.35 ms/);
  });
});
