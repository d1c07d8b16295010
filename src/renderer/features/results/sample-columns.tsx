import type { Unit } from '../../../shared/domain/provenance.ts';
import type { DataColumn } from '../../components/data-table/data-column.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { Sample } from './use-samples.ts';

const track = 'minmax(120px, 1fr)';
/** Stamps are whole microseconds at least, so that neighbours can be told apart. */
const stampResolutionNs = 1e3;

/** Raw samples, left to right. */
export const sampleColumns: readonly DataColumn<Sample>[] = [
  { id: 'query', header: 'Query', track: '96px', align: 'end', cell: ({ query }) => <QueryNumber query={query} /> },
  { id: 'issued', header: 'Issued', track, align: 'end', cell: ({ issuedNs }) => <Stamp ns={issuedNs} /> },
  { id: 'completed', header: 'Completed', track, align: 'end', cell: ({ completedNs }) => <Stamp ns={completedNs} /> },
  {
    id: 'latency',
    header: (
      <>
        Latency <KindMark compact kind="measured" />
      </>
    ),
    track,
    align: 'end',
    cell: ({ latencyNs }) => <ReadingCell unit={ns} value={latencyNs} />,
  },
];

const ns: Unit = 'ns';

function QueryNumber({ query }: { query: number }) {
  return useFormat().count(query);
}

function Stamp({ ns: value }: { ns: number }) {
  const { text } = useFormat().parts(value, ns, 10 * stampResolutionNs);
  return text;
}
