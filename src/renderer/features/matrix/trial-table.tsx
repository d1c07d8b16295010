import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { readThroughput } from '../../../shared/matrix/merit.ts';
import { describeConfig } from '../../components/describe-config.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { StateMark } from '../../components/verdict-mark.tsx';
import classes from './matrix.module.css';

/** The short trials of a search in the order in which they took place. */
export function TrialTable({ cells }: { cells: readonly CellRecord[] }) {
  const trials = cells.filter(({ config }) => config.trial?.purpose === 'search');
  if (trials.length === 0) return null;
  return (
    <details className={classes.trials} open>
      <summary>What was tried, in order</summary>
      <PlainTable label="Short trials in order" leastWidthPx={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Trial</Table.Th>
            <Table.Th scope="col">Configuration</Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th data-number scope="col">
              Throughput <KindMark compact kind="measured" />
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {trials.map(({ id, config: { trial: _, ...config }, outcome }, position) => {
            const throughput = outcome.state === 'completed' ? readThroughput(outcome.measurement) : null;
            return (
              <Table.Tr key={id}>
                <Table.Td>{position + 1}</Table.Td>
                <Table.Th scope="row">
                  <Link params={{ cellId: id }} to="/measure/results/$cellId">
                    {describeConfig(config)}
                  </Link>
                </Table.Th>
                <Table.Td>
                  <StateMark state={outcome.state} verdict={null} />
                </Table.Td>
                <Table.Td data-number>
                  <ReadingCell
                    high={throughput?.interval?.high ?? null}
                    low={throughput?.interval?.low ?? null}
                    unit="samples/s"
                    value={throughput?.value ?? null}
                  />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </PlainTable>
    </details>
  );
}
