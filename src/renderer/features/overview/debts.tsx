import { Table } from '@mantine/core';
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shortName } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import type { ModelResults } from './best-results.ts';
import { findDebts, type Debt } from './find-debts.ts';
import classes from './overview.module.css';

/** Results that are looked into: each is a call, and debts repeat. */
const mostResults = 24;

/** What is assumed and could be measured, each with a link to what resolves it. */
export function Debts({ models }: { models: readonly ModelResults[] }) {
  const shown = models.flatMap(({ best }) => best ?? []).slice(0, mostResults);
  const cells = useQueries({
    queries: shown.map(({ id }) => api.results.get.queryOptions({ input: { cellId: id } })),
    combine,
  });
  const runIds = [...new Set(shown.map(({ runId }) => runId))];
  const runs = useQueries({
    queries: runIds.map((runId) => api.runs.get.queryOptions({ input: { runId } })),
    combine,
  });
  const listed = useQuery(api.models.list.queryOptions());
  const settings = useQuery(api.settings.get.queryOptions());
  const error = cells.error ?? runs.error ?? listed.error ?? settings.error;
  if (error !== null) {
    return (
      <Panel title="Debts">
        <FailureNote error={error} />
      </Panel>
    );
  }
  if (cells.data === null || runs.data === null || listed.data === undefined || settings.data === undefined) {
    return (
      <Panel title="Debts">
        <Loading what="Looking for what the results rest on." />
      </Panel>
    );
  }
  const gradeOf = new Map(runs.data.map(({ run }) => [run.id, run.plan.grade]));
  const results = cells.data.map(({ cell }) => ({ cell, grade: gradeOf.get(cell.runId) ?? null }));
  const debts = findDebts(results, listed.data, settings.data.settings);
  if (debts.length === 0) {
    return (
      <Panel title="Debts">
        <p className={classes.absent}>Nothing that the numbers above rest on is assumed.</p>
      </Panel>
    );
  }
  return (
    <Panel title={`Debts (${debts.length})`}>
      <PlainTable label="Debts" leastWidthPx={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" w={140}>
              What
            </Table.Th>
            <Table.Th scope="col" w={160}>
              Stands as
            </Table.Th>
            <Table.Th scope="col">What that means</Table.Th>
            <Table.Th data-number scope="col">
              Resolve
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {debts.map((debt) => (
            <DebtRow debt={debt} key={debt.subject} />
          ))}
        </Table.Tbody>
      </PlainTable>
    </Panel>
  );
}

function DebtRow({ debt }: { debt: Debt }) {
  const { name, standing, meaning, resolve } = describeDebt(debt);
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>{standing}</Table.Td>
      <Table.Td>
        {meaning} {debt.models.length > 0 && <span className={classes.absent}>{listNames(debt.models)}</span>}
      </Table.Td>
      <Table.Td data-number>{resolve}</Table.Td>
    </Table.Tr>
  );
}

interface DescribedDebt {
  name: string;
  standing: ReactNode;
  meaning: string;
  resolve: ReactNode;
}

function describeDebt({ subject, models, cellId }: Debt): DescribedDebt {
  const again = (label: string): ReactNode => (
    <Link search={{ models }} to="/measure/new">
      {label}
    </Link>
  );
  switch (subject) {
    case 'grade':
      return {
        name: 'Grade',
        standing: 'exploratory',
        meaning: 'Measured at grade quick: one process, no p99.',
        resolve: again('Measure at a higher grade'),
      };
    case 'rules':
      return {
        name: 'Rules',
        standing: 'changed',
        meaning: 'The rules of the grade were overridden.',
        resolve: again('Measure by the rules'),
      };
    case 'placement':
      return {
        name: 'Placement',
        standing: <KindMark kind="assumed" />,
        meaning: 'Which share of the work ran on the device was not measured.',
        resolve: cellId !== null && (
          <Link params={{ cellId }} to="/measure/results/$cellId">
            See the result
          </Link>
        ),
      };
    case 'inputs':
      return {
        name: 'Inputs',
        standing: <KindMark kind="assumed" />,
        meaning: 'Values or sizes of the generated inputs were assumed.',
        resolve: again('Measure with real inputs'),
      };
    case 'accuracy':
      return {
        name: 'Accuracy',
        standing: 'void',
        meaning: 'Random weights have a speed and no accuracy.',
        resolve: (
          <Link search={{ import: true }} to="/measure/models">
            Import a trained model
          </Link>
        ),
      };
    case 'tariff':
      return {
        name: 'Electricity tariff',
        standing: 'not given',
        meaning: 'Energy has no price.',
        resolve: (
          <Link hash="tariff" to="/settings">
            Set the tariff
          </Link>
        ),
      };
  }
}

/** The first few, so that a row stays a row. */
function listNames(models: readonly string[]): string {
  const most = 4;
  const names = models.slice(0, most).map(shortName).join(', ');
  return models.length > most ? `${names} and ${models.length - most} more` : names;
}

interface Combined<T> {
  /** null until all are there. */
  data: T[] | null;
  error: Error | null;
}

function combine<T>(queries: UseQueryResult<T>[]): Combined<T> {
  const data = queries.flatMap((query) => (query.data === undefined ? [] : [query.data]));
  return {
    data: data.length === queries.length ? data : null,
    error: queries.find(({ error }) => error !== null)?.error ?? null,
  };
}
