import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { toRunExitCode } from '../../../src/cli/actions/measuring.ts';
import { toResult } from '../../../src/cli/actions/results.ts';
import { printOverview, printResult } from '../../../src/cli/output/results.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import type { GradeId } from '../../../src/shared/domain/plan.ts';
import {
  cellRecordSchema,
  type CellOutcome,
  type CellRecord,
  type Provenance,
} from '../../../src/shared/domain/run.ts';
import { createCompleted, createConfig, createProvenance } from '../storage/sample-run.ts';

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
const timedOut: CellOutcome = {
  state: 'timed-out',
  limit: 'silence',
  stage: 'session',
  deadlineS: 900,
  keptSamples: 0,
};

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
      printResult(terminal, record(outcome), 'quick');
    }
    printOverview(terminal, [record(createCompleted(2e6)), record(crashed, 1)], 'quick');
    for (const line of lines) expect(stringWidth(line.trimEnd())).toBeLessThanOrEqual(width);
    expect(lines.some((line) => /p50 latency +2\.00 +ms .*● measured/.test(line))).toBe(true);
  });
});

it('a percentile that the sample does not earn is a sentence with the number it needs', () => {
  const { terminal, lines } = captured(100);
  printResult(terminal, record(createCompleted(2e6)), 'standard');
  expect(lines.find((line) => line.includes('p99'))).toMatch(
    /not earned: 6.000 independent queries needed, 1.000 measured/,
  );
});

it('what ended without a result says why and what to do', () => {
  const { terminal, lines } = captured(200);
  printResult(terminal, record(crashed), 'quick');
  printResult(terminal, record(failed), 'quick');
  const text = lines.join('\n');
  expect(text).toMatch(/CRASHED.*SIGSEGV.*before the end.*12 queries are kept/);
  expect(text).toMatch(/FAILED +CUDA is not available here\.\n +→ Install a driver\./);
});

describe('beside the readings of a result', () => {
  function told(grade: GradeId, provenance: Provenance | null): string {
    const { terminal, lines } = captured(120);
    printResult(terminal, { ...record(createCompleted(2e6)), provenance }, grade);
    printOverview(terminal, [record(createCompleted(2e6))], grade);
    return lines.join('\n');
  }

  it('stands what a quick run is good for', () => {
    expect(told('quick', null)).toMatch(/✓ VALID {2}exploratory, quick grade/);
    expect(told('quick', null)).toMatch(/All configurations {2}exploratory, quick grade/);
    expect(told('standard', null)).toMatch(/✓ VALID {2}standard grade/);
  });

  it('stand the outliers, how far queries are independent, the overheads, and what computed them', () => {
    const text = told('quick', createProvenance());
    expect(text).toMatch(/evidence +1.000 queries, n_eff 905, lag-1 0.05/);
    expect(text).toMatch(/outliers +3 severe, 3 mild, 1 of them low; none removed/);
    expect(text).toMatch(/overheads +clock step 20 ns, empty call 9 µs, binding copy 800 ns/);
    expect(text).toMatch(/executed +batch 1, (\d threads?, )?engine peak 191 MiB/);
    expect(text).toMatch(/runtime +ONNX Runtime 1\.30\.0\n/);
    const runtime = { ...createProvenance().runtime, device: 'Some Processor' };
    expect(told('quick', { ...createProvenance(), runtime })).toMatch(/ONNX Runtime 1\.30\.0, Some Processor/);
  });
});

describe('the result of a run in the list', () => {
  it('names what crashed or was refused before the weakest verdict', () => {
    const counts = { state: 'completed', cellsByVerdict: { VALID: 2, 'VALID WITH REMARKS': 1 } } as const;
    expect(toResult({ ...counts, cellsByState: { completed: 3, failed: 2, crashed: 1 } }).text).toBe(
      '✕ 1 crashed, 2 failed · △ VALID WITH REMARKS',
    );
    expect(toResult({ ...counts, cellsByState: { completed: 3 } }).text).toBe('△ VALID WITH REMARKS');
    expect(toResult({ state: 'completed', cellsByVerdict: {}, cellsByState: { 'timed-out': 1 } }).text).toBe(
      '✕ 1 timed-out',
    );
  });
});

describe('the exit code of a run', () => {
  const valid = createCompleted(2e6);
  const invalid = createCompleted(2e6, 'INVALID');
  it.each<[string, CellOutcome[], number]>([
    ['is 0 when everything is measured', [valid, valid], 0],
    ['is 2 when one of several providers is missing', [valid, failed], 2],
    ['is 2 when everything was refused', [failed, failed], 2],
    ['is 2 when something was refused, whatever was measured', [invalid, failed], 2],
    ['is 3 when a result is INVALID', [valid, invalid], 3],
    ['is 4 when an engine crashed, whatever else happened', [invalid, failed, crashed], 4],
    ['is 4 when an engine went silent', [timedOut], 4],
    ['is 130 when it was cancelled', [crashed, cancelled], 130],
  ])('%s', (_name, outcomes, code) => {
    expect(toRunExitCode(outcomes.map(record), false)).toBe(code);
  });
});
