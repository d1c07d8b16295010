import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { KindMark } from '../../../components/kind-mark.tsx';
import { PlainTable } from '../../../components/plain-table.tsx';
import { ReadingCell } from '../../../components/reading-cell.tsx';
import { SpeedVerdictMark } from '../../../components/speed-verdict-mark.tsx';
import type { ComparisonSession } from '../../../transport/comparison-state.ts';
import { isInvalid, verdictOf } from '../answer.ts';
import { nameSides } from '../name-sides.ts';
import classes from './running.module.css';

/** Every candidate of the plan: decided, being compared, or waiting. */
export function CandidateList({ session }: { session: ComparisonSession }) {
  const { plan, compared, progress, end } = session;
  return (
    <PlainTable label="Candidates" leastWidthPx={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Candidate</Table.Th>
          <Table.Th scope="col">Verdict</Table.Th>
          <Table.Th data-number scope="col">
            <span className={classes.word}>Speed-up</span> <KindMark compact kind="measured" />
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {plan.candidates.map((side, index) => {
          const record = compared.find(({ candidate }) => candidate === index);
          const isCurrent = end === null && record === undefined && (progress?.candidate ?? 0) === index;
          const name = nameSides(plan.baseline, side).candidate;
          const speed = record?.result.speed ?? null;
          return (
            // Candidates may be equal; their place in the plan is what tells them apart.
            // eslint-disable-next-line @eslint-react/no-array-index-key
            <Table.Tr key={index}>
              <Table.Th scope="row">
                {record === undefined ? (
                  name
                ) : (
                  <Link params={{ comparisonId: record.id }} to="/measure/compare/$comparisonId">
                    {name}
                  </Link>
                )}
              </Table.Th>
              <Table.Td>
                {record === undefined ? (
                  <span className={classes.muted}>
                    {isCurrent ? '▸ being compared' : end === null ? 'waiting' : 'not compared'}
                  </span>
                ) : (
                  <SpeedVerdictMark
                    holds={!record.result.findings.some(isInvalid)}
                    verdict={speed === null ? null : verdictOf(speed)}
                  />
                )}
              </Table.Td>
              <Table.Td data-number>
                <ReadingCell
                  high={speed?.speedup.interval?.high ?? null}
                  low={speed?.speedup.interval?.low ?? null}
                  unit="1"
                  value={speed?.speedup.value ?? null}
                />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </PlainTable>
  );
}
