import type { SensitivityProgress } from '../../shared/domain/sensitivity.ts';
import { formatDuration, formatQuantity } from '../../shared/units.ts';
import type { Terminal } from './terminal.ts';

/** Shows what goes on while a variant is made, and how long it will take. */
export interface QuantizeProgress {
  /** For work that tells its share, under a name. */
  share(what: string): (share: number) => void;
  quantize(share: number, stage: string): void;
  sensitivity(progress: SensitivityProgress): void;
}

/** Before this share is done an estimate would jump. */
const earliestShare = 0.05;

const stages: Readonly<Record<SensitivityProgress['stage'], string>> = {
  source: 'running the source',
  all: 'judging the whole variant',
  scan: 'judging nodes alone',
  search: 'searching what to leave',
};

export function createQuantizeProgress(terminal: Terminal, model: string): QuantizeProgress {
  let startedMs: number | null = null;

  function show(what: string, share: number): void {
    startedMs ??= performance.now();
    if (share >= 1) return;
    const elapsedS = (performance.now() - startedMs) / 1000;
    const left = share < earliestShare ? '' : ` · ${formatDuration((elapsedS * (1 - share)) / share)} left`;
    terminal.progress(`${model} · ${what} · ${formatQuantity(share, 'ratio').text}${left}`);
  }
  return {
    share: (what) => (share) => {
      show(what, share);
      if (share >= 1) startedMs = null;
    },
    quantize(share, stage) {
      show(stage, share);
    },
    sensitivity({ stage, done, of, remainingS }) {
      startedMs = null;
      const count = of === null ? `variant ${done + 1}` : of > 1 ? `${done + 1}/${of}` : '';
      const time =
        remainingS === null
          ? ''
          : of === null
            ? `${formatDuration(remainingS)} each`
            : `${formatDuration(remainingS)} left`;
      terminal.progress([model, stages[stage], count, time].filter((part) => part !== '').join(' · '));
    },
  };
}
