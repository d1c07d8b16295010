import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { toShownFailure } from '../transport/failure.ts';
import classes from './states.module.css';

/** Nothing here yet: what that means, and what to do next. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Waiting for the host; says for what. */
export function Loading({ what }: { what: string }) {
  return (
    <p className={classes.loading} role="status">
      {what}
    </p>
  );
}

interface FailureProps {
  /** Whatever a call threw, or a failure that came as data. */
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, what to do about it, and the code to look it up by. */
export function FailureNote({ error, onRetry }: FailureProps) {
  const { message, remedy, code } = toShownFailure(error);
  return (
    <div className={classes.failure} role="alert">
      <p className={classes.message}>{message}</p>
      {remedy !== null && <p>{remedy}</p>}
      <p className={classes.footer}>
        {code !== null && <code>{code}</code>}
        {onRetry !== undefined && (
          <Button onClick={onRetry} size="compact-sm" variant="default">
            Try again
          </Button>
        )}
      </p>
    </div>
  );
}
