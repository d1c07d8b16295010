import type { CellRecord } from '../../../shared/domain/run.ts';
import { toParetoPoints } from '../../../shared/matrix/pareto.ts';
import type { MatrixPoint } from '../../../shared/matrix/points.ts';
import type { DataColumn } from '../../components/data-table/data-column.ts';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { describeConfig } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { StateMark } from '../../components/verdict-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import { whyMissing } from './describe-point.ts';
import { levelWords } from './level-words.ts';
import classes from './matrix.module.css';

interface PointTableProps {
  points: readonly MatrixPoint[];
  cells: readonly CellRecord[];
  percentile: number;
  hasLevel: boolean;
  sweetSpotId: string | null;
  onOpen: (id: string) => void;
}

interface Row {
  point: MatrixPoint;
  cell: CellRecord | undefined;
  place: 'sweet spot' | 'on the front' | 'behind it' | '';
  reason: string;
}

/** Every configuration by itself: what nothing beats first, then by throughput, then what has no result and why. */
export function PointTable({ points, cells, percentile, hasLevel, sweetSpotId, onOpen }: PointTableProps) {
  const format = useFormat();
  const front = new Set(toParetoPoints(points).flatMap(({ point, isOnFront }) => (isOnFront ? [point.id] : [])));
  const rows = points.map((point): Row => {
    const missing = point.throughput === null && point.latency === null ? whyMissing(point, cells, format).reason : '';
    const place =
      point.id === sweetSpotId ? 'sweet spot' : front.has(point.id) ? 'on the front' : point.isValid ? 'behind it' : '';
    return { point, cell: cells.find(({ id }) => id === point.id), place, reason: missing };
  });
  const rank = ({ point, place }: Row): number =>
    place === 'sweet spot' ? 0 : place === 'on the front' ? 1 : point.isValid ? 2 : point.state === 'completed' ? 3 : 4;
  rows.sort(
    (one, other) =>
      rank(one) - rank(other) || (other.point.throughput?.value ?? 0) - (one.point.throughput?.value ?? 0),
  );
  return (
    <Panel title="Every configuration">
      <DataTable
        columns={hasLevel ? columnsWithLevel(percentile) : columnsOf(percentile)}
        label="Configurations, best first"
        leastWidthPx={960}
        maxHeight="480px"
        onOpen={({ point }) => onOpen(point.id)}
        rows={rows}
        toKey={({ point }) => point.id}
      />
    </Panel>
  );
}

const shapes: Readonly<Record<Row['place'], string>> = {
  'sweet spot': '◎',
  'on the front': '●',
  'behind it': '·',
  '': '',
};

/** The same arrays whenever a table is drawn, one for each percentile. */
const known = new Map<string, readonly DataColumn<Row>[]>();

function columnsOf(percentile: number): readonly DataColumn<Row>[] {
  return remember(`${percentile}`, () => makeColumns(percentile));
}

function columnsWithLevel(percentile: number): readonly DataColumn<Row>[] {
  return remember(`${percentile} with level`, () => [
    ...makeColumns(percentile),
    {
      id: 'level',
      header: 'Service level',
      track: '128px',
      cell: ({ point }) => (point.level === null ? '' : levelWords[point.level]),
    },
  ]);
}

function remember(key: string, make: () => readonly DataColumn<Row>[]): readonly DataColumn<Row>[] {
  const columns = known.get(key) ?? make();
  known.set(key, columns);
  return columns;
}

function makeColumns(percentile: number): readonly DataColumn<Row>[] {
  return [
    {
      id: 'place',
      header: 'Pareto front',
      track: '112px',
      cell: ({ place }) => (
        <>
          <span aria-hidden="true" className={classes.shape}>
            {shapes[place]}
          </span>
          {place}
        </>
      ),
    },
    {
      id: 'setup',
      header: 'Configuration',
      track: 'minmax(240px, 1.4fr)',
      cell: ({ point: { id, config } }) => (
        <a href={`/measure/results/${id}`} tabIndex={-1} title={describeConfig(config)}>
          {describeConfig(config)}
        </a>
      ),
    },
    {
      id: 'verdict',
      header: 'Verdict',
      track: 'minmax(168px, 0.9fr)',
      cell: ({ point, cell, reason }) => {
        const { outcome } = cell ?? {};
        const verdict = outcome?.state === 'completed' ? outcome.validity.verdict : null;
        return (
          <span title={reason === '' ? undefined : reason}>
            <StateMark state={point.state} verdict={verdict} />{' '}
            {reason !== '' && <span className={classes.muted}>{reason}</span>}
          </span>
        );
      },
    },
    {
      id: 'throughput',
      header: (
        <>
          Throughput <KindMark compact kind="measured" />
        </>
      ),
      track: '172px',
      align: 'end',
      cell: ({ point }) => <Numbers point={point} unit="samples/s" what="throughput" />,
    },
    {
      id: 'latency',
      header: (
        <>
          p{percentile} latency <KindMark compact kind="measured" />
        </>
      ),
      track: '134px',
      align: 'end',
      cell: ({ point }) => <Numbers point={point} unit="ns" what="latency" />,
    },
  ];
}

function Numbers({
  point,
  what,
  unit,
}: {
  point: MatrixPoint;
  what: 'throughput' | 'latency';
  unit: 'ns' | 'samples/s';
}) {
  const reading = point[what];
  return (
    <ReadingCell
      high={reading?.interval?.high ?? null}
      hollow={!point.isValid}
      low={reading?.interval?.low ?? null}
      missing={point.state === 'completed' ? 'not earned' : 'not measured'}
      unit={unit}
      value={reading?.value ?? null}
    />
  );
}
