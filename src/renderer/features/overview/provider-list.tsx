import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { PlainTable } from '../../components/plain-table.tsx';
import { ProviderAnswer } from '../../components/provider-answer.tsx';
import { isNotInBuild, ProviderMark } from '../../components/provider-mark.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useProviders, type CheckedProvider } from '../../components/use-providers.ts';
import classes from './overview.module.css';

/** Where models can run here; what no driver could make work on this system is only named. */
export function ProviderList() {
  const { reports, isLoading, isBusy, error, retry } = useProviders();
  if (error !== null) return <FailureNote error={error} onRetry={retry} />;
  if (isLoading) return <Loading what="Trying the execution providers, a few seconds." />;
  const possible = reports.filter(({ status }) => !isNotInBuild(status));
  const impossible = reports.filter(({ status }) => isNotInBuild(status));
  return (
    <>
      {isBusy && (
        <p className={classes.remark}>
          Providers are not tried while a measurement runs, because that would disturb it
          {reports.length > 0 ? '; this was known before.' : '. They are tried when it has ended.'}
        </p>
      )}
      {possible.length > 0 && (
        <PlainTable label="Execution providers" leastWidthPx={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={140}>
                Provider
              </Table.Th>
              <Table.Th scope="col" w={160}>
                Health
              </Table.Th>
              <Table.Th scope="col">Device, or reason and remedy</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {possible.map((report) => (
              <ProviderRow key={report.id} report={report} />
            ))}
          </Table.Tbody>
        </PlainTable>
      )}
      {impossible.length > 0 && (
        <p className={classes.remark}>
          Not on this system: {impossible.map(({ name }) => name).join(', ')}.{' '}
          <Link hash="providers" to="/machines">
            All providers
          </Link>
        </p>
      )}
    </>
  );
}

function ProviderRow({ report: { name, status } }: { report: CheckedProvider }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>
        <ProviderMark status={status} />
      </Table.Td>
      <Table.Td>
        <ProviderAnswer status={status} />
      </Table.Td>
    </Table.Tr>
  );
}
