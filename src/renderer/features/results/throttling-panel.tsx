import type { Observed } from '../../../shared/domain/provenance.ts';
import type { Throttling } from '../../../shared/domain/throttling.ts';
import { ObservedValue } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { MissingReading, Readings, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';
import { describeCauses } from './throttle-causes.ts';

/** Whether something was throttled, and the result with and without the samples that it met. */
export function ThrottlingPanel({ throttling }: { throttling: Observed<Throttling> | undefined }) {
  return (
    <Panel title="Throttling">
      {throttling === undefined ? (
        <p className={classes.muted}>Not watched: this result was measured by an older version.</p>
      ) : throttling.status === 'absent' ? (
        <p>
          <ObservedValue observed={throttling}>{() => null}</ObservedValue>
        </p>
      ) : (
        <Found throttling={throttling.value} />
      )}
    </Panel>
  );
}

function Found({ throttling }: { throttling: Throttling }) {
  const format = useFormat();
  const { watched, queries, throttled, share, causes, median, medianWithout } = throttling;
  if (throttled === 0) {
    return (
      <p>
        None of {format.count(queries)} queries ran throttled.{' '}
        <span className={classes.muted}>Watched: {describeCauses(watched)}.</span>
      </p>
    );
  }
  const few = 'Too few queries are left to earn an interval.';
  return (
    <>
      <p className={classes.remark}>
        {format.count(throttled)} of {format.count(queries)} queries ({format.quantity(share, 'ratio')}) ran throttled:{' '}
        {describeCauses(causes)}. Nothing is left out of the result itself. Watched: {describeCauses(watched)}.
      </p>
      <Readings>
        {median === null ? (
          <MissingReading label="Median with all samples" reason={few} word="not earned" />
        ) : (
          <ReadingView label="Median with all samples" reading={median} />
        )}
        {medianWithout === null ? (
          <MissingReading label="Median without throttled samples" reason={few} word="not earned" />
        ) : (
          <ReadingView label="Median without throttled samples" reading={medianWithout} />
        )}
      </Readings>
    </>
  );
}
