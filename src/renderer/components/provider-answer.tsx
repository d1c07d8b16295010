import type { ProviderStatus } from '../../shared/domain/provider.ts';
import classes from './marks.module.css';
import { Sentence } from './sentence.tsx';

/** The device that a provider computes on; where it does not work, why, and what would help. */
export function ProviderAnswer({ status }: { status: ProviderStatus }) {
  if (status.status === 'available') return <>{status.device}</>;
  return (
    <>
      <span className={classes.muted}>
        <Sentence text={status.reason} />
      </span>{' '}
      {status.remedy !== null && <Sentence text={status.remedy} />}
    </>
  );
}
