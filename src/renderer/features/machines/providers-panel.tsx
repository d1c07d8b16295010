import { Button, Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { ProviderAnswer } from '../../components/provider-answer.tsx';
import { ProviderMark } from '../../components/provider-mark.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { useProviders, type CheckedProvider } from '../../components/use-providers.ts';
import { api } from '../../transport/connection.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import classes from './machines.module.css';

/** Each execution provider with what a probe of it found, and a way to probe again. */
export function ProvidersPanel() {
  const { reports, isLoading, isBusy, error, retry } = useProviders();
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const queryClient = useQueryClient();
  const refresh = useMutation(
    api.providers.check.mutationOptions({
      onSuccess: (checked) => queryClient.setQueryData(api.providers.check.queryKey({ input: {} }), checked),
    }),
  );
  return (
    <div className={classes.anchor} id="providers">
      <Panel
        actions={
          <Button
            disabled={measuring || isLoading}
            loading={refresh.isPending}
            onClick={() => refresh.mutate({ refresh: true })}
            size="compact-sm"
            variant="default"
          >
            Try again
          </Button>
        }
        title="Execution providers"
      >
        {(measuring || isBusy) && (
          <p className={classes.muted}>
            Providers are not tried while a measurement runs, because that would disturb it
            {reports.length > 0 ? '; this was known before.' : '. They are tried when it has ended.'}
          </p>
        )}
        {refresh.isError && <FailureNote error={refresh.error} />}
        {error !== null && <FailureNote error={error} onRetry={retry} />}
        {isLoading && <Loading what="Trying the execution providers, a few seconds." />}
        {reports.length > 0 && <ProvidersTable reports={reports} />}
      </Panel>
    </div>
  );
}

function ProvidersTable({ reports }: { reports: readonly CheckedProvider[] }) {
  return (
    <PlainTable label="Execution providers" leastWidthPx={680}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" w={120}>
            Provider
          </Table.Th>
          <Table.Th scope="col" w={150}>
            Health
          </Table.Th>
          <Table.Th scope="col">Device, or reason and remedy</Table.Th>
          <Table.Th data-number scope="col">
            Probe took
          </Table.Th>
          <Table.Th data-number scope="col" w={180}>
            Tried
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {reports.map((report) => (
          <ProviderRow key={report.id} report={report} />
        ))}
      </Table.Tbody>
    </PlainTable>
  );
}

function ProviderRow({ report: { name, status, unreachable, checkedAt } }: { report: CheckedProvider }) {
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>
        <ProviderMark status={status} />
      </Table.Td>
      <Table.Td>
        <ProviderAnswer status={status} />
        {status.status === 'available' && unreachable.length > 0 && (
          <details className={classes.unreachable}>
            <summary>Not reachable from JavaScript</summary>
            <ul>
              {unreachable.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </details>
        )}
      </Table.Td>
      <Table.Td data-number>
        {status.status === 'available' && (
          <span className={classes.measured}>
            {format.quantity(status.probeMs * 1e6, 'ns')} <KindMark compact kind="measured" />
          </span>
        )}
      </Table.Td>
      <Table.Td data-number>
        <time dateTime={checkedAt}>{format.time(checkedAt)}</time>
      </Table.Td>
    </Table.Tr>
  );
}
