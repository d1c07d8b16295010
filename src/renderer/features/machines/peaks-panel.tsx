import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Observed, Reading } from '../../../shared/domain/provenance.ts';
import type { MachinePeaks } from '../../../shared/domain/roofline.ts';
import { describeThreads } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { providerNames } from '../../components/provider-names.ts';
import { Sentence } from '../../components/sentence.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import classes from './machines.module.css';

/** The highest rates that this machine was seen to reach, by provider and number of threads. */
export function PeaksPanel() {
  const { data, error, refetch } = useQuery(api.profiles.peaks.queryOptions());
  return (
    <Panel title="Measured peaks">
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading what="Reading the measured peaks." />}
      {data?.length === 0 && (
        <p className={classes.muted}>None yet: they are measured with the first profile of a provider.</p>
      )}
      {data !== undefined && data.length > 0 && <PeaksTable peaks={data} />}
    </Panel>
  );
}

function PeaksTable({ peaks }: { peaks: readonly MachinePeaks[] }) {
  const format = useFormat();
  return (
    <PlainTable label="Measured peaks" leastWidthPx={880}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Provider</Table.Th>
          <Table.Th scope="col">Threads</Table.Th>
          {['FP32', 'FP32, one thread', 'FP16', 'INT8', 'Copy'].map((name) => (
            <Table.Th data-number key={name} scope="col">
              {name}
            </Table.Th>
          ))}
          <Table.Th data-number scope="col">
            Measured
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {peaks.map(({ provider, threads, products, float32OneThread, copy, measuredAt }) => (
          <Table.Tr key={`${provider} ${threads}`}>
            <Table.Th scope="row">{providerNames[provider]}</Table.Th>
            <Table.Td>{describeThreads(threads)}</Table.Td>
            <Peak peak={products.float32} />
            <Peak peak={float32OneThread} />
            <Peak peak={products.float16} />
            <Peak peak={products.int8} />
            <Peak peak={copy} />
            <Table.Td data-number>
              <time dateTime={measuredAt}>{format.time(measuredAt)}</time>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </PlainTable>
  );
}

function Peak({ peak }: { peak: Observed<Reading> }) {
  const format = useFormat();
  return (
    <Table.Td data-number>
      {peak.status === 'present' ? (
        <>
          {format.reading(peak.value).text} <KindMark compact kind={peak.value.kind} />
        </>
      ) : (
        <span className={classes.absentPeak}>
          <Sentence text={peak.reason} />
        </span>
      )}
    </Table.Td>
  );
}
