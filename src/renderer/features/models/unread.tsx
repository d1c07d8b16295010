import { Button, Progress } from '@mantine/core';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './model.module.css';
import type { useInspection } from './use-inspection.ts';

/** A model that is being read, built, or cannot be read. */
export function Unread({ name, inspection }: { name: string; inspection: ReturnType<typeof useInspection> }) {
  const { building, isPending, error, retry } = inspection;
  const format = useFormat();
  if (building !== null) {
    const share = format.quantity(Math.floor(100 * building.share), 'percent');
    return (
      <div className={classes.building} role="status">
        <p>Building {name}: its file is made on this machine once, before it is first used.</p>
        <div className={classes.progress}>
          <Progress aria-label={`Share of ${name} that is built`} flex={1} value={100 * building.share} />
          <span>{share}</span>
          <Button onClick={building.stop} size="compact-sm" variant="default">
            Stop
          </Button>
        </div>
        <p className={classes.muted}>This goes on when you leave the screen.</p>
      </div>
    );
  }
  if (isPending) return <Loading what={`Reading ${name}.`} />;
  return <FailureNote error={error} onRetry={retry} />;
}
