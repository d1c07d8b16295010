import { KindMark } from '../../components/kind-mark.tsx';
import { describeVariant, shortName } from '../../components/describe-config.ts';
import { missingNumber } from '../../components/missing-number.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import type { DataColumn } from '../../components/data-table/data-column.ts';
import { StateMark } from '../../components/verdict-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import { formatMoment } from './format-moment.ts';
import { shortRunId, type ListedCell } from './listed-cell.ts';
import classes from './results.module.css';

/** The history, left to right. The run is named in its first row only, so that a sweep reads as one block. */
export const historyColumns: readonly DataColumn<ListedCell>[] = [
  {
    id: 'run',
    header: 'Run',
    track: 'minmax(180px, 0.5fr)',
    cell: (cell, { startsGroup }) => <RunCell cell={cell} isFirst={startsGroup} />,
  },
  {
    id: 'model',
    header: 'Model',
    track: 'minmax(96px, 0.8fr)',
    cell: ({ id, model }) => (
      <a href={`/measure/results/${id}`} tabIndex={-1} title={model}>
        {shortName(model)}
      </a>
    ),
  },
  { id: 'setup', header: 'Configuration', track: 'minmax(140px, 1.6fr)', cell: (cell) => <Setup cell={cell} /> },
  {
    id: 'verdict',
    header: 'Verdict',
    track: '176px',
    cell: ({ state, verdict }) => <StateMark state={state} verdict={verdict} />,
  },
  {
    id: 'p50',
    header: <Measured what="p50 latency" />,
    track: '138px',
    align: 'end',
    cell: ({ p50Ns, p50LowNs, p50HighNs, state, verdict }) => (
      <ReadingCell
        high={p50HighNs}
        hollow={verdict === 'INVALID'}
        low={p50LowNs}
        missing={toMissing(state)}
        unit="ns"
        value={p50Ns}
      />
    ),
  },
  {
    id: 'p99',
    header: <Measured what="p99 latency" />,
    track: '108px',
    align: 'end',
    cell: ({ p99Ns, state, verdict }) => (
      <ReadingCell hollow={verdict === 'INVALID'} missing={toMissing(state)} unit="ns" value={p99Ns} />
    ),
  },
  {
    id: 'throughput',
    header: <Measured what="Throughput" />,
    track: '178px',
    align: 'end',
    cell: ({ throughput, throughputLow, throughputHigh, state, verdict }) => (
      <ReadingCell
        high={throughputHigh}
        hollow={verdict === 'INVALID'}
        low={throughputLow}
        missing={toMissing(state)}
        unit="samples/s"
        value={throughput}
      />
    ),
  },
];

/** Why a number is missing. Of a completed one the list does not tell; its result does. */
function toMissing(state: ListedCell['state']): string {
  return state === 'completed' ? missingNumber.untold : 'not measured';
}

/** The kind of a whole column stands once, beside its name. */
function Measured({ what }: { what: string }) {
  return (
    <span className={classes.measured}>
      {what} <KindMark compact kind="measured" />
    </span>
  );
}

function Setup({ cell }: { cell: ListedCell }) {
  const text = describeVariant(cell);
  return <span title={text}>{text}</span>;
}

function RunCell({ cell: { runId, startedAt }, isFirst }: { cell: ListedCell; isFirst: boolean }) {
  const { locale } = useFormat();
  const when = startedAt === null ? 'not begun' : formatMoment(startedAt, locale);
  return (
    // Those who see it read it off the row above.
    <span className={isFirst ? undefined : classes.unseen} title={runId}>
      {when} <code className={classes.runId}>{shortRunId(runId)}</code>
    </span>
  );
}
