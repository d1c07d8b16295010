import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { toRunExitCode } from '../../../src/cli/actions/measuring.ts';
import { printOverview, printResult } from '../../../src/cli/output/results.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import { cellRecordSchema, type CellOutcome, type CellRecord } from '../../../src/shared/domain/run.ts';
import { createCompleted, createConfig } from '../storage/sample-run.ts';

function record(outcome: CellOutcome, index = 0): CellRecord {
  return cellRecordSchema.parse({
    id: `run_0000000000000000.${index}`,
    runId: 'run_0000000000000000',
    index,
    config: createConfig({ model: '/home/user/models/exported/detector.onnx' }),
    outcome,
    provenance: null,
    startedAt: null,
    endedAt: null,
  });
}

const crashed: CellOutcome = {
  state: 'crashed',
  stage: 'measured',
  exit: { exitCode: null, signal: 'SIGSEGV', stderrTail: 'something printed\nbefore the end' },
  keptSamples: 12,
};
const failed: CellOutcome = {
  state: 'failed',
  failure: { code: 'PROVIDER_UNAVAILABLE', message: 'CUDA is not available here.', remedy: 'Install a driver.' },
};
const cancelled: CellOutcome = { state: 'cancelled', stage: 'warm-up', keptSamples: 0 };
const timedOut: CellOutcome = { state: 'timed-out', stage: 'session', deadlineS: 900, keptSamples: 0 };

function captured(width: number): { terminal: Terminal; lines: string[] } {
  const lines: string[] = [];
  const ignore = (): void => undefined;
  return {
    lines,
    terminal: {
      width,
      paint: (_style, text) => text,
      print: (...some) => void lines.push(...some),
      note: ignore,
      progress: ignore,
      endProgress: ignore,
      write: () => Promise.resolve(),
    },
  };
}

describe.each([60, 80, 120])('in %d columns', (width) => {
  it('every line of a result fits, and says value, unit and kind', () => {
    const { terminal, lines } = captured(width);
    for (const outcome of [createCompleted(2e6), crashed, failed, cancelled, timedOut]) {
      printResult(terminal, record(outcome));
    }
    printOverview(terminal, [record(createCompleted(2e6)), record(crashed, 1)]);
    for (const line of lines) expect(stringWidth(line.trimEnd())).toBeLessThanOrEqual(width);
    expect(lines.some((line) => /p50 latency +2\.00 +ms .*● measured/.test(line))).toBe(true);
  });
});

it('a percentile that the sample does not earn is a sentence with the number it needs', () => {
  const { terminal, lines } = captured(100);
  printResult(terminal, record(createCompleted(2e6)));
  expect(lines.find((line) => line.includes('p99'))).toMatch(
    /not earned: 6.000 independent queries needed, 1.000 measured/,
  );
});

it('what ended without a result says why and what to do', () => {
  const { terminal, lines } = captured(200);
  printResult(terminal, record(crashed));
  printResult(terminal, record(failed));
  const text = lines.join('\n');
  expect(text).toMatch(/CRASHED.*SIGSEGV.*before the end.*12 queries are kept/);
  expect(text).toMatch(/FAILED +CUDA is not available here\.\n +→ Install a driver\./);
});

describe('the exit code of a run', () => {
  const valid = createCompleted(2e6);
  const invalid = createCompleted(2e6, 'INVALID');
  it.each<[string, CellOutcome[], number]>([
    ['is 0 when everything is measured', [valid, valid], 0],
    ['is 0 when one of several providers is missing', [valid, failed], 0],
    ['is 2 when everything was refused', [failed, failed], 2],
    ['is 3 when a result is INVALID', [valid, invalid, failed], 3],
    ['is 4 when an engine crashed, whatever else happened', [invalid, crashed], 4],
    ['is 4 when an engine went silent', [timedOut], 4],
    ['is 130 when it was cancelled', [crashed, cancelled], 130],
  ])('%s', (_name, outcomes, code) => {
    expect(toRunExitCode(outcomes.map(record), false)).toBe(code);
  });
});
