import { Table } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComparisonRecord } from '../../../../shared/domain/comparison.ts';
import { KindMark } from '../../../components/kind-mark.tsx';
import { Panel } from '../../../components/page.tsx';
import { PlainTable } from '../../../components/plain-table.tsx';
import { ReadingCell } from '../../../components/reading-cell.tsx';
import { SpeedVerdictMark } from '../../../components/speed-verdict-mark.tsx';
import { FailureNote, Loading } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { api } from '../../../transport/connection.ts';
import { describeSize, isInvalid, summarizeQuality, verdictOf } from '../answer.ts';
import { nameSides } from '../name-sides.ts';
import { formatPValue } from './p-value.ts';
import classes from './result.module.css';

/** All candidates that were compared with this baseline at once, with the verdicts that hold for all of them together. */
export function GroupPanel({ record }: { record: ComparisonRecord }) {
  const listed = useQuery(api.comparisons.list.queryOptions({ input: { groupId: record.groupId, limit: 500 } }));
  const ids = (listed.data?.items ?? []).flatMap(({ id, groupId }) => (groupId === record.groupId ? [id] : []));
  const { records, error } = useQueries({
    queries: ids.map((comparisonId) => api.comparisons.get.queryOptions({ input: { comparisonId } })),
    combine: (queries) => ({
      records: queries.flatMap(({ data }) => data ?? []).sort((one, other) => one.candidate - other.candidate),
      error: queries.find((query) => query.error !== null)?.error ?? null,
    }),
  });
  const failure = listed.error ?? error;
  return (
    <Panel title="All candidates of this comparison">
      {failure !== null && <FailureNote error={failure} onRetry={() => void listed.refetch()} />}
      {failure === null && records.length < ids.length + (listed.isPending ? 1 : 0) && (
        <Loading what="Reading the other candidates." />
      )}
      {records.length > 0 && <GroupTable openId={record.id} records={records} />}
      {records.length > 1 && (
        <p className={classes.footnote}>
          With several candidates, some differences show by chance: p values of a speed-up within the margin are
          adjusted by Benjamini and Hochberg, and the verdicts follow them.
        </p>
      )}
    </Panel>
  );
}

function GroupTable({ records, openId }: { records: readonly ComparisonRecord[]; openId: string }) {
  return (
    <PlainTable label="Candidates" leastWidthPx={820}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Candidate</Table.Th>
          <Table.Th scope="col">Verdict</Table.Th>
          <Table.Th data-number scope="col">
            <span className={classes.word}>Speed-up</span> <KindMark compact kind="measured" />
          </Table.Th>
          <Table.Th data-number scope="col">
            Adjusted p
          </Table.Th>
          <Table.Th scope="col">Quality</Table.Th>
          <Table.Th scope="col">Size</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {records.map((record) => (
          <GroupRow isOpen={record.id === openId} key={record.id} record={record} />
        ))}
      </Table.Tbody>
    </PlainTable>
  );
}

function GroupRow({ record, isOpen }: { record: ComparisonRecord; isOpen: boolean }) {
  const format = useFormat();
  const { plan, result, candidate, id } = record;
  const { speed } = result;
  const side = nameSides(plan.baseline, plan.candidates[candidate] ?? plan.baseline).candidate;
  const holds = !result.findings.some(isInvalid);
  return (
    <Table.Tr className={isOpen ? classes.open : undefined}>
      <Table.Th aria-current={isOpen ? 'page' : undefined} scope="row">
        {isOpen ? (
          side
        ) : (
          <Link params={{ comparisonId: id }} to="/measure/compare/$comparisonId">
            {side}
          </Link>
        )}
      </Table.Th>
      <Table.Td>
        <SpeedVerdictMark holds={holds} verdict={speed === null ? null : verdictOf(speed)} />
      </Table.Td>
      <Table.Td data-number>
        <ReadingCell
          high={speed?.speedup.interval?.high ?? null}
          hollow={!holds}
          low={speed?.speedup.interval?.low ?? null}
          unit="1"
          value={speed?.speedup.value ?? null}
        />
      </Table.Td>
      <Table.Td data-number>
        {speed === null ? 'not measured' : formatPValue(speed.adjusted?.pValue ?? speed.pValue, format.locale)}
      </Table.Td>
      <Table.Td>{summarizeQuality(result, format) ?? 'not compared'}</Table.Td>
      <Table.Td className={classes.nowrap ?? ''}>{describeSize(result, format) ?? 'the same file'}</Table.Td>
    </Table.Tr>
  );
}
