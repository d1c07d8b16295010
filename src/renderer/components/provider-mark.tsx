import type { ProviderStatus } from '../../shared/domain/provider.ts';
import classes from './marks.module.css';

interface Health {
  shape: string;
  word: string;
  tone?: string | undefined;
}

const causes: Readonly<Record<string, string>> = {
  'missing-library': 'library missing',
  'driver-too-old': 'driver too old',
  'no-adapter': 'no adapter',
  'no-device': 'no device',
  'wrong-answer': 'wrong answer',
  'out-of-memory': 'out of memory',
};

/** Whether an execution provider works here, as word and shape. */
export function ProviderMark({ status }: { status: ProviderStatus }) {
  const { shape, word, tone } = describe(status);
  return (
    <span className={`${classes.mark ?? ''} ${tone ?? ''}`}>
      <span aria-hidden="true" className={classes.shape}>
        {shape}
      </span>
      {word}
    </span>
  );
}

/** True where no driver or library could make the provider work: the build for this system lacks it. */
export function isNotInBuild(status: ProviderStatus): boolean {
  return status.status === 'unavailable' && status.cause === 'not-in-build';
}

function describe(status: ProviderStatus): Health {
  if (status.status === 'available') {
    return status.software === true
      ? { shape: '△', word: 'software only', tone: classes.unsure }
      : { shape: '✓', word: 'works', tone: classes.good };
  }
  if (isNotInBuild(status)) return { shape: '–', word: 'not on this system' };
  if (status.cause === 'crashed') return { shape: '✕', word: 'crashed', tone: classes.bad };
  return { shape: '✕', word: causes[status.cause] ?? 'does not work' };
}
