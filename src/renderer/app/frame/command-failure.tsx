import { Button } from '@mantine/core';
import { toShownFailure } from '../../transport/failure.ts';
import { dismissFailedCommand, useFailedCommand } from './command-failures.ts';
import classes from './frame.module.css';

/** Says what became of a command of the palette that failed. */
export function CommandFailure() {
  const failed = useFailedCommand((state) => state.failed);
  if (failed === null) return null;
  const { message, remedy } = toShownFailure(failed.error);
  return (
    <div className={classes.note} role="alert">
      <strong>{failed.label}:</strong>
      <span>{message}</span>
      {remedy !== null && <span>{remedy}</span>}
      <Button onClick={dismissFailedCommand} size="compact-xs" variant="default">
        Dismiss
      </Button>
    </div>
  );
}
