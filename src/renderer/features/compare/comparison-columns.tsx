import type { DataColumn } from '../../components/data-table/data-column.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { SpeedVerdictMark } from '../../components/speed-verdict-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './compare.module.css';
import type { ListedComparison } from './listed-comparison.ts';
import { describeCommon, describeSide, nameSides } from './name-sides.ts';

/** The list, left to right. Candidates that were compared at once form one block, whose baseline is named first. */
export const comparisonColumns: readonly DataColumn<ListedComparison>[] = [
  {
    id: 'when',
    header: 'Compared',
    track: 'minmax(176px, 0.6fr)',
    cell: (row, { startsGroup }) => <When at={row.createdAt} isFirst={startsGroup} />,
  },
  {
    id: 'candidate',
    header: 'Candidate',
    track: 'minmax(140px, 1fr)',
    cell: ({ id, baseline, candidate }) => (
      <a href={`/measure/compare/${id}`} tabIndex={-1} title={describeSide(candidate)}>
        {nameSides(baseline, candidate).candidate}
      </a>
    ),
  },
  {
    id: 'baseline',
    header: 'Against',
    track: 'minmax(140px, 1fr)',
    cell: ({ baseline, candidate }) => (
      <span title={describeSide(baseline)}>{nameSides(baseline, candidate).baseline}</span>
    ),
  },
  {
    id: 'setup',
    header: 'Both',
    track: 'minmax(120px, 0.8fr)',
    cell: ({ baseline, candidate }) => describeCommon(baseline, candidate),
  },
  {
    id: 'verdict',
    header: 'Verdict',
    track: '152px',
    cell: ({ verdict, holds }) => <SpeedVerdictMark holds={holds} verdict={verdict} />,
  },
  {
    id: 'speedup',
    header: (
      <>
        <span className={classes.word}>Speed-up</span> <KindMark compact kind="measured" />
      </>
    ),
    track: '160px',
    align: 'end',
    cell: ({ speedup, holds }) => (
      <ReadingCell
        high={speedup?.high ?? null}
        hollow={!holds}
        low={speedup?.low ?? null}
        unit="1"
        value={speedup?.value ?? null}
      />
    ),
  },
];

function When({ at, isFirst }: { at: string; isFirst: boolean }) {
  const format = useFormat();
  // Those who see it read it off the row above.
  return <span className={isFirst ? undefined : classes.unseen}>{format.time(at)}</span>;
}
