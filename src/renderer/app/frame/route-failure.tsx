import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote } from '../../components/states.tsx';

/** In place of a screen that failed; the frame and the other screens go on. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This screen failed">
      <FailureNote error={error} onRetry={reset} />
    </Page>
  );
}

export function RouteMissing() {
  return (
    <Page title="No such screen">
      <Empty action={<Link to="/">Go to the overview</Link>}>The address leads nowhere.</Empty>
    </Page>
  );
}
