import { Button, Group } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote } from '../../components/states.tsx';
import { isToldFailure } from '../../transport/failure.ts';
import classes from './frame.module.css';

/** In place of a screen that failed; the frame and the other screens go on. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This screen failed">
      {isToldFailure(error) ? <FailureNote error={error} onRetry={reset} /> : <Unforeseen error={error} />}
    </Page>
  );
}

/** A fault of the page itself: its own words help whoever reports it, and nobody else. */
function Unforeseen({ error }: { error: unknown }) {
  return (
    <div className={classes.unforeseen} role="alert">
      <p>
        <strong>The page failed in a way that nobody foresaw.</strong> What was measured is not touched by it.
      </p>
      <p>Reload the page. If it fails again, go to the overview, and report the address and the line below.</p>
      <p>
        <code className={classes.detail}>{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <Group gap={8}>
        <Button onClick={() => globalThis.location.reload()} size="compact-sm">
          Reload
        </Button>
        <ButtonLink size="compact-sm" to="/" variant="default">
          Go to the overview
        </ButtonLink>
      </Group>
    </div>
  );
}

export function RouteMissing() {
  return (
    <Page title="No such screen">
      <Empty action={<Link to="/">Go to the overview</Link>}>The address leads nowhere.</Empty>
    </Page>
  );
}
