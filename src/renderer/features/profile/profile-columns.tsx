import { Link } from '@tanstack/react-router';
import type { ListedProfile } from '../../../shared/domain/profile.ts';
import type { DataColumn } from '../../components/data-table/data-column.ts';
import { shortName } from '../../components/describe-config.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import { describeProfiled } from './describe-profile.ts';

/** What is known of a profile without opening it. */
export const profileColumns: readonly DataColumn<ListedProfile>[] = [
  {
    id: 'model',
    header: 'Model',
    track: 'minmax(160px, 1.2fr)',
    cell: ({ id, plan }) => (
      <Link params={{ profileId: id }} tabIndex={-1} to="/measure/profile/$profileId">
        {shortName(plan.model)}
      </Link>
    ),
  },
  { id: 'plan', header: 'Configuration', track: 'minmax(180px, 1.2fr)', cell: ({ plan }) => describeProfiled(plan) },
  { id: 'label', header: 'Ran on', track: 'minmax(110px, 0.7fr)', cell: ({ label }) => label },
  {
    id: 'device',
    header: 'On the device',
    track: '130px',
    align: 'end',
    cell: ({ deviceShare }) => <ReadingCell unit="ratio" value={deviceShare} />,
  },
  {
    id: 'time',
    header: 'Host to host',
    track: '130px',
    align: 'end',
    cell: ({ hostToHostNs }) => <ReadingCell unit="ns" value={hostToHostNs} />,
  },
  {
    id: 'overhead',
    header: 'With the profiler',
    track: '130px',
    align: 'end',
    cell: ({ overhead }) => <ReadingCell unit="1" value={overhead} />,
  },
  {
    id: 'at',
    header: 'Profiled',
    track: '170px',
    align: 'end',
    cell: ({ createdAt }) => <Moment iso={createdAt} />,
  },
];

function Moment({ iso }: { iso: string }) {
  const format = useFormat();
  return <time dateTime={iso}>{format.time(iso)}</time>;
}
