import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { describeVariant, shortName } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import { VerdictMark } from '../../components/verdict-mark.tsx';
import type { ListedCell, ModelResults } from './best-results.ts';
import classes from './overview.module.css';

/** Rows that fit a glance; all others are in Results. */
const mostModels = 8;

export function LatestVerdicts({ models, isPartial }: { models: readonly ModelResults[]; isPartial: boolean }) {
  return (
    <Panel actions={<Link to="/measure/results">All results</Link>} title="Latest verdicts">
      <PlainTable label="Latest verdicts" leastWidthPx={880}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Model</Table.Th>
            <Table.Th scope="col">Fastest valid configuration</Table.Th>
            <Table.Th data-number scope="col">
              p50 latency
            </Table.Th>
            <Table.Th data-number scope="col">
              p99 latency
            </Table.Th>
            <Table.Th data-number scope="col">
              Throughput
            </Table.Th>
            <Table.Th scope="col">Verdict</Table.Th>
            <Table.Th data-number scope="col">
              Measured
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models
            .slice(0, mostModels)
            .map(({ model, best, newest }) =>
              best === null ? <WithoutValid key={model} newest={newest} /> : <Best best={best} key={model} />,
            )}
        </Table.Tbody>
      </PlainTable>
      <p className={classes.remark}>
        Fastest by p50 latency{isPartial ? ' among the newest 500 results' : ''}.
        {models.length > mostModels && ` ${models.length - mostModels} more models are in Results.`}
      </p>
    </Panel>
  );
}

function Best({ best }: { best: ListedCell }) {
  return (
    <Table.Tr>
      <ModelCell model={best.model} />
      <Table.Td>
        <Link params={{ cellId: best.id }} to="/measure/results/$cellId">
          {describeVariant(best)}
        </Link>
      </Table.Td>
      <Table.Td data-number>
        <ReadingCell high={best.p50HighNs} low={best.p50LowNs} unit="ns" value={best.p50Ns} />
      </Table.Td>
      <Table.Td data-number>
        <ReadingCell missing={missingNumber.untold} unit="ns" value={best.p99Ns} />
      </Table.Td>
      <Table.Td data-number>
        <ReadingCell high={best.throughputHigh} low={best.throughputLow} unit="samples/s" value={best.throughput} />
      </Table.Td>
      <Table.Td>{best.verdict !== null && <VerdictMark verdict={best.verdict} />}</Table.Td>
      <When cell={best} />
    </Table.Tr>
  );
}

/** Numbers of an invalid result are not quoted here; its reasons are one step away. */
function WithoutValid({ newest }: { newest: ListedCell }) {
  return (
    <Table.Tr>
      <ModelCell model={newest.model} />
      <Table.Td className={classes.absent} colSpan={4}>
        no valid result yet:{' '}
        <Link params={{ cellId: newest.id }} to="/measure/results/$cellId">
          why {describeVariant(newest)} is not valid
        </Link>
      </Table.Td>
      <Table.Td>{newest.verdict !== null && <VerdictMark verdict={newest.verdict} />}</Table.Td>
      <When cell={newest} />
    </Table.Tr>
  );
}

function ModelCell({ model }: { model: string }) {
  return (
    <Table.Th className={classes.name} scope="row" title={model}>
      {shortName(model)}
    </Table.Th>
  );
}

function When({ cell }: { cell: ListedCell }) {
  const format = useFormat();
  return (
    <Table.Td data-number>
      <span className={classes.when}>
        <KindMark compact kind="measured" />
        {cell.endedAt === null ? 'at an unknown time' : format.day(cell.endedAt)}
      </span>
    </Table.Td>
  );
}
