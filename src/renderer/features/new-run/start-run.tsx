import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import type { DraftProblems } from './draft.ts';
import classes from './new-run.module.css';
import type { usePreview } from './use-preview.ts';

interface StartRunProps {
  plan: Plan | null;
  problems: DraftProblems;
  needed: readonly string[];
  preview: ReturnType<typeof usePreview>;
}

/** What a plan will take, and the button that begins it. */
export function StartRun({ plan, problems, needed, preview }: StartRunProps) {
  const { estimate, check, isSettled } = preview;
  const cells = check.data ?? [];
  const nothingHere = isSettled && cells.length > 0 && cells.every(({ problem }) => problem !== null);
  // A provider that is missing becomes a result that says so; anything else is refused as a whole.
  const obstacle =
    plan === null
      ? (problems.models ?? 'A field is not right yet.')
      : needed.length > 0
        ? `Give a size for ${needed.map((name) => `"${name}"`).join(', ')}.`
        : nothingHere
          ? 'None of these configurations can be measured here.'
          : isSettled && cells.some(({ problem }) => problem !== null && problem.code !== 'PROVIDER_UNAVAILABLE')
            ? 'A run does not start with a model that cannot be measured as asked: put it right or take it out.'
            : null;
  return (
    <section aria-label="Start" className={classes.start}>
      <Estimate isKnown={plan !== null} query={estimate} />
      {obstacle !== null && <p role="status">{obstacle}</p>}
      <Starting isReady={obstacle === null} plan={plan} />
    </section>
  );
}

function Estimate({ query, isKnown }: { query: StartRunProps['preview']['estimate']; isKnown: boolean }) {
  const format = useFormat();
  const { data, error, refetch } = query;
  if (error !== null && isKnown) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined || !isKnown) return null;
  const { cells, seconds, lowerBound } = data;
  return (
    <div>
      <p className={classes.estimate}>
        {lowerBound ? 'at least ' : 'about '}
        {format.duration(seconds)}
      </p>
      <p className={classes.evidence}>
        <KindMark kind="computed" /> · {format.count(cells)} {cells === 1 ? 'configuration' : 'configurations'}
      </p>
      {lowerBound && (
        <p className={classes.muted}>Nothing tells the speed of some model yet. Slow queries make it longer.</p>
      )}
    </div>
  );
}

function Starting({ plan, isReady }: { plan: Plan | null; isReady: boolean }) {
  const navigate = useNavigate();
  const session = useRunSession((state) => state.session);
  const start = useMutation(
    api.runs.start.mutationOptions({ onSuccess: () => void navigate({ to: '/measure/live' }) }),
  );
  const { isWaiting, wait, stopWaiting } = useWaitForEnd();
  const hasBegun = start.isPending && isUnderWay(session);
  useEffect(() => {
    if (hasBegun) void navigate({ to: '/measure/live' });
  }, [hasBegun, navigate]);
  if (plan === null || !isReady) return <Button disabled>Start</Button>;
  if (isWaiting) {
    return (
      <>
        <p role="status">Starts when the measurement that runs has ended, as long as this screen is open.</p>
        <Group gap={8}>
          <ButtonLink to="/measure/live" variant="default">
            Open Live
          </ButtonLink>
          <Button onClick={stopWaiting} variant="default">
            Do not wait
          </Button>
        </Group>
      </>
    );
  }
  const waitAndStart = (): void => wait(() => start.mutate({ plan, wait: true }));
  const isBusy = start.isError && toShownFailure(start.error).code === 'MACHINE_BUSY';
  if (!start.isPending && (isMeasuring(session) || isBusy)) {
    return (
      <>
        {isBusy ? <FailureNote error={start.error} /> : <p role="status">A measurement is running on this machine.</p>}
        <Group gap={8}>
          <Button onClick={waitAndStart}>Start when it has ended</Button>
          <ButtonLink to="/measure/live" variant="default">
            Open Live
          </ButtonLink>
          {!isMeasuring(session) && (
            <Button onClick={() => start.mutate({ plan, wait: false })} variant="default">
              Try again
            </Button>
          )}
        </Group>
      </>
    );
  }
  return (
    <>
      {start.isError && <FailureNote error={start.error} />}
      <Button loading={start.isPending} onClick={() => start.mutate({ plan, wait: false })}>
        Start
      </Button>
    </>
  );
}

/** True once the host got past what it refuses at once: it waits, builds a model, or measures. */
function isUnderWay(session: RunSession | null): boolean {
  if (!isMeasuring(session)) return false;
  return session.phase !== 'preparing' || (session.preparing !== null && session.preparing.share < 1);
}

/** The host waits for other programs by itself; for its own measurement this page does. */
function useWaitForEnd() {
  const [isWaiting, setIsWaiting] = useState(false);
  const stopRef = useRef<(() => void) | null>(null);
  useEffect(() => () => stopRef.current?.(), []);
  const stopWaiting = (): void => {
    stopRef.current?.();
    stopRef.current = null;
    setIsWaiting(false);
  };
  const wait = (then: () => void): void => {
    if (!isMeasuring(useRunSession.getState().session)) {
      then();
      return;
    }
    setIsWaiting(true);
    stopRef.current = useRunSession.subscribe(({ session }) => {
      if (isMeasuring(session)) return;
      stopWaiting();
      then();
    });
  };
  return { isWaiting, wait, stopWaiting };
}
