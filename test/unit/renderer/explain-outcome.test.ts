import { describe, expect, it } from 'vitest';
import { explainOutcome, type UnmeasuredOutcome } from '../../../src/renderer/components/explain-outcome.ts';
import { formatCount, formatDuration } from '../../../src/shared/units.ts';

const format = { count: (value: number) => formatCount(value, { locale: 'en-US' }), duration: formatDuration };
const exit = { exitCode: null, signal: 'SIGSEGV', stderrTail: '' };

describe('a configuration without a result', () => {
  it.each<[string, UnmeasuredOutcome, string]>([
    [
      'crashed by a signal',
      { state: 'crashed', stage: 'session', exit, keptSamples: 0 },
      'The engine process ended by the signal SIGSEGV while the session was created. It left no samples.',
    ],
    [
      'crashed with an exit code',
      { state: 'crashed', stage: 'measured', exit: { ...exit, signal: null, exitCode: 3 }, keptSamples: 1 },
      'The engine process ended with exit code 3 while it measured. Its one sample is kept.',
    ],
    [
      'timed out',
      { state: 'timed-out', stage: 'warm-up', limit: 'silence', deadlineS: 100, keptSamples: 0 },
      'The engine was ended while it warmed up, because it gave no sign of life within 1 min 40 s. It left no samples.',
    ],
    [
      'was cancelled',
      { state: 'cancelled', stage: 'measured', keptSamples: 1234 },
      'The measurement was cancelled while it measured. Its 1,234 samples are kept.',
    ],
    [
      'ended in a stage that this version does not know',
      { state: 'cancelled', stage: 'cooldown', keptSamples: 0 },
      'The measurement was cancelled while it was in the stage "cooldown". It left no samples.',
    ],
  ])('that %s says so in sentences', (_, outcome, sentence) => {
    expect(explainOutcome(outcome, format).happened).toBe(sentence);
  });

  it('that was refused says what the refusal said', () => {
    const failure = {
      code: 'PROVIDER_UNAVAILABLE',
      message: 'CUDA does not work here.',
      remedy: 'Install it.',
    } as const;
    expect(explainOutcome({ state: 'failed', failure }, format)).toEqual({
      happened: failure.message,
      remedy: failure.remedy,
    });
  });
});
