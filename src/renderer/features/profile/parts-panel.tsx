import type { ProfileRecord } from '../../../shared/domain/profile.ts';
import type { Observed, Reading } from '../../../shared/domain/provenance.ts';
import { Panel } from '../../components/page.tsx';
import { MissingReading, Readings, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';

/** What one query is made of; host to host, without the profiler, is the headline. */
export function PartsPanel({ record: { parts, passes, createdAt } }: { record: ProfileRecord }) {
  const format = useFormat();
  const { hostToHost, copyIn, compute, copyOut, enqueue } = parts;
  return (
    <Panel title="One query">
      <Readings>
        <ReadingView at={createdAt} label="Host to host, without the profiler" reading={hostToHost} />
        <Part label="Copy in" part={copyIn} />
        <Part label="Compute, with the profiler" part={compute} />
        <Part label="Copy out" part={copyOut} />
        {enqueue.status === 'present' && <Part label="Enqueue: the thread hands work over" part={enqueue} />}
        <ReadingView label="Time with the profiler over without" reading={passes.overhead} />
      </Readings>
      <p className={classes.note}>
        Parts come from {format.count(passes.profiledRuns)} runs with the profiler, the headline from{' '}
        {format.count(passes.plainRuns)} without it, so they do not add up to it.
      </p>
    </Panel>
  );
}

function Part({ label, part }: { label: string; part: Observed<Reading> }) {
  if (part.status === 'present') return <ReadingView label={label} reading={part.value} />;
  const reason = `${part.reason.charAt(0).toUpperCase()}${part.reason.slice(1)}.`;
  return <MissingReading label={label} reason={reason} remedy={part.remedy} word={wordOf(part.reason)} />;
}

/** Of the two reasons that a part is missing for, one is an answer. */
function wordOf(reason: string): string {
  return reason.includes('nothing is copied') ? 'none' : 'not available';
}
