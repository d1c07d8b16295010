import { Button, Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { FailureNote } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import classes from './import.module.css';
import { cancelImport, hasEnded, retryImport, useImports, type ImportItem } from './import-queue.ts';

/** What became of each file, the newest last. */
export function ImportList() {
  const items = useImports((state) => state.items);
  if (items.length === 0) return null;
  return (
    <ul aria-label="Imports" aria-live="polite" className={classes.list}>
      {items.map((item) => (
        <li className={classes.item} key={item.id}>
          <span className={classes.label}>{item.label}</span>
          <Standing item={item} />
          {!hasEnded(item.state) && (
            <Button onClick={() => cancelImport(item.id)} size="compact-sm" variant="default">
              Cancel
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Standing({ item: { id, label, source, state } }: { item: ImportItem }) {
  const format = useFormat();
  if (state.ended === 'waiting') return <span className={classes.standing}>waiting for its turn</span>;
  if (state.ended === 'cancelled') return <span className={classes.standing}>cancelled; nothing was kept</span>;
  if (state.ended === 'failed') {
    return <FailureNote error={state.error} onRetry={source === null ? undefined : () => retryImport(id)} />;
  }
  if (state.ended === 'added') {
    return (
      <span className={classes.standing}>
        imported as{' '}
        <Link params={{ name: state.name }} to="/measure/models/$name">
          {state.name}
        </Link>
      </span>
    );
  }
  if (state.sent === null || state.sent >= 1) return <span className={classes.standing}>being checked</span>;
  return (
    <span className={classes.sending}>
      <Progress aria-label={`${label}: share that was sent`} className={classes.bar} value={100 * state.sent} />
      <span>{format.quantity(Math.floor(100 * state.sent), 'percent')} sent</span>
    </span>
  );
}
