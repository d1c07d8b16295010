import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CellId } from '../../../shared/domain/ids.ts';
import type { PublishedResult } from '../../../shared/domain/published.ts';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { FailureNote } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { QuantityOf } from './quantity.tsx';
import classes from './results.module.css';

/** What others published for the same kind of model, device and precision; nothing where there is none. */
export function PublishedPanel({ cellId }: { cellId: CellId }) {
  const { data, error, refetch } = useQuery(
    api.results.published.queryOptions({ input: { cellId }, staleTime: Infinity }),
  );
  if (error !== null) {
    return (
      <Panel title="Published, not measured here">
        <FailureNote error={error} onRetry={() => void refetch()} />
      </Panel>
    );
  }
  if (data === undefined || data.length === 0) return null;
  return (
    <Panel title="Published, not measured here">
      <p className={classes.remark}>
        Figures of others for the same model family, device and precision, for one device. They judge nothing and enter
        no calculation.
      </p>
      <PlainTable label="Published, not measured here" leastWidthPx={880}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Figure</Table.Th>
            <Table.Th scope="col">Device</Table.Th>
            <Table.Th scope="col">How</Table.Th>
            <Table.Th scope="col">What sets it apart</Table.Th>
            <Table.Th scope="col">Source</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Th scope="row">
                {describeMetric(one)}
                <br />
                <QuantityOf reading={one.reading} />
              </Table.Th>
              <Table.Td>{one.device}</Table.Td>
              <Table.Td>{[one.runtime, one.scenario, one.precision].join(' · ')}</Table.Td>
              <Table.Td className={classes.apart}>{[one.note, ...one.differences].filter(Boolean).join(' ')}</Table.Td>
              <Table.Td>
                <a href={one.source.url} rel="noreferrer" target="_blank">
                  {one.source.name}
                </a>{' '}
                <span className={classes.muted}>
                  {one.source.edition}, {one.source.licence}
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
    </Panel>
  );
}

const metricWords: Readonly<Record<PublishedResult['metric'], string>> = {
  throughput: 'Throughput',
  latency: 'Latency',
  energy: 'Energy per prediction',
  speedup: 'Speed-up',
};

function describeMetric({ metric, percentile }: PublishedResult): string {
  return percentile === null ? metricWords[metric] : `p${percentile} ${metricWords[metric].toLowerCase()}`;
}
