import type { DataColumn } from '../../components/data-table/data-column.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { Sample } from './use-samples.ts';

const track = 'minmax(120px, 1fr)';
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
    cell: ({ latencyNs }) => <ReadingCell unit="ns" value={latencyNs} />,
  },
];

function QueryNumber({ query }: { query: number }) {
  return useFormat().count(query);
}

function Stamp({ ns: value }: { ns: number }) {
  const { locale } = useFormat();
  return formatStamp(value, locale);
}

/** Formats cost more to make than to use. */
const formats = new Map<string | undefined, Intl.NumberFormat>();

/** In one unit down the column, to the microsecond, so that neighbours can be told apart. */
function formatStamp(value: number, locale: string | undefined): string {
  const format =
    formats.get(locale) ?? new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  formats.set(locale, format);
  return `${format.format(value / 1e6)} ms`;
}
