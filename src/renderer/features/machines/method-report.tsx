import { Table } from '@mantine/core';
import type { MethodCheck } from '../../../shared/domain/method-check.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import classes from './machines.module.css';

interface Row {
  what: string;
  measured: string;
  expected: string;
  remark: string;
  passed: boolean;
}

/** What came out of the check of the method beside what had to. */
export function MethodReport({ check, at }: { check: MethodCheck; at: string }) {
  const format = useFormat();
  return (
    <div className={classes.diagnosis}>
      <p role="status">
        <strong>
          {check.passed
            ? 'Load is generated and timed as the method says.'
            : 'Something differs from what the method says: results of this machine under load are doubtful.'}
        </strong>{' '}
        <span className={classes.muted}>Checked {format.time(at)}.</span>
      </p>
      <PlainTable label="Checks of the method" leastWidthPx={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Check</Table.Th>
            <Table.Th data-number scope="col">
              Measured <KindMark compact kind="measured" />
            </Table.Th>
            <Table.Th data-number scope="col">
              Expected <KindMark compact kind="computed" />
            </Table.Th>
            <Table.Th scope="col">Outcome</Table.Th>
            <Table.Th scope="col">Remark</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {toRows(check, format).map(({ what, measured, expected, passed, remark }) => (
            <Table.Tr key={what}>
              <Table.Th scope="row">{what}</Table.Th>
              <Table.Td data-number>{measured}</Table.Td>
              <Table.Td data-number>{expected}</Table.Td>
              <Table.Td>
                <span className={passed ? undefined : classes.blocking}>
                  <span aria-hidden="true">{passed ? '✓' : '✕'}</span> {passed ? 'passed' : 'failed'}
                </span>
              </Table.Td>
              <Table.Td>{remark}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
    </div>
  );
}

function toRows({ queues, knownDelay, nullModel }: MethodCheck, format: Format): Row[] {
  const time = (ns: number): string => format.quantity(ns, 'ns');
  return [
    ...queues.map((queue): Row => {
      const deviation = queue.measuredNs / queue.expectedNs - 1;
      return {
        what: `Queue with ${format.quantity(queue.load, 'ratio')} load, mean time`,
        measured: time(queue.measuredNs),
        expected: time(queue.expectedNs),
        passed: queue.passed,
        remark:
          `${format.quantity(Math.abs(deviation), 'ratio')} ${deviation < 0 ? 'below' : 'above'} the M/D/1 queue; ` +
          `${format.count(queue.queries)} queries at ${format.quantity(queue.ratePerS, 'queries/s')}, ` +
          `generator lateness p99 ${time(queue.latenessP99Ns)}`,
      };
    }),
    {
      what: 'Call of known time, median',
      measured: time(knownDelay.medianNs),
      expected: time(knownDelay.serviceNs),
      passed: knownDelay.passed,
      remark: `${format.count(knownDelay.queries)} calls one after another`,
    },
    {
      what: 'Model that computes nothing, median',
      measured: time(nullModel.medianNs),
      expected: `under ${time(nullModel.limitNs)}`,
      passed: nullModel.passed,
      remark: 'what the harness itself takes of a call',
    },
  ];
}
