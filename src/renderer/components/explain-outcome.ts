import type { CellOutcome } from '../../shared/domain/run.ts';
import { whileStage } from './stage-words.ts';

/** How a configuration stands or ended that has no result. */
export type UnmeasuredOutcome = Exclude<CellOutcome, { state: 'completed' }>;

/** How numbers are written for this user. */
interface NumberWords {
  count(value: number): string;
  duration(seconds: number): string;
}

const limitWords = {
  start: 'it did not answer after its start',
  silence: 'it gave no sign of life',
  task: 'it was not done',
} as const;

/** What happened and what to do about it, a sentence or two each. */
export function explainOutcome(outcome: UnmeasuredOutcome, format: NumberWords): { happened: string; remedy: string } {
  switch (outcome.state) {
    case 'failed':
      return { happened: outcome.failure.message, remedy: outcome.failure.remedy };
    case 'crashed': {
      const { exitCode, signal } = outcome.exit;
      const how = signal === null ? `with exit code ${exitCode ?? 'unknown'}` : `by the signal ${signal}`;
      return {
        happened: `The engine process ended ${how} ${whileStage(outcome.stage)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Measure it again; if it crashes again, try a smaller batch or the provider cpu.',
      };
    }
    case 'timed-out':
      return {
        happened: `The engine was ended ${whileStage(outcome.stage)}, because ${limitWords[outcome.limit]} within ${format.duration(outcome.deadlineS)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Measure a smaller batch, or close other programs and measure again.',
      };
    case 'cancelled':
      return {
        happened: `The measurement was cancelled ${whileStage(outcome.stage)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Going on with the run measures it from its start.',
      };
    case 'skipped':
      return { happened: outcome.reason, remedy: outcome.remedy };
    case 'running':
      return { happened: 'It is being measured now.', remedy: 'Its result appears here when it is done.' };
    case 'pending':
      return {
        happened: 'It has not been measured yet.',
        remedy: 'A run that goes on measures it in its turn; one that was stopped can go on below.',
      };
  }
}

function describeKept(samples: number, { count }: NumberWords): string {
  if (samples === 0) return 'It left no samples.';
  return samples === 1 ? 'Its one sample is kept.' : `Its ${count(samples)} samples are kept.`;
}
