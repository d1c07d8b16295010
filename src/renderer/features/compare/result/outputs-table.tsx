import { Table } from '@mantine/core';
import { describeExcess } from '../../../../shared/comparison.ts';
import type { OutputAgreement } from '../../../../shared/domain/comparison.ts';
import type { Reading } from '../../../../shared/domain/provenance.ts';
import { KindMark } from '../../../components/kind-mark.tsx';
import { PlainTable } from '../../../components/plain-table.tsx';
import { useFormat, type Format } from '../../../components/use-format.ts';
import classes from './result.module.css';

/** Every output that both sides have; what is most often misread, the cosine, comes last. */
export function OutputsTable({ outputs }: { outputs: readonly OutputAgreement[] }) {
  const format = useFormat();
  return (
    <div className={classes.table}>
      <PlainTable label="How far the outputs are from the baseline's" leastWidthPx={860}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">
              Output <KindMark compact kind="measured" />
            </Table.Th>
            <Table.Th data-number scope="col">
              <span className={classes.word}>Top-1 agreement</span>
            </Table.Th>
            <Table.Th data-number scope="col">
              <span className={classes.word}>Top-5 agreement</span>
            </Table.Th>
            <Table.Th data-number scope="col">
              Relative error, centred
            </Table.Th>
            <Table.Th data-number scope="col">
              SQNR
            </Table.Th>
            <Table.Th data-number scope="col">
              Softmax KL
            </Table.Th>
            <Table.Th data-number scope="col">
              Largest error
            </Table.Th>
            <Table.Th data-number scope="col">
              Cosine
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {outputs.map((output) => (
            <Table.Tr key={output.output}>
              <Table.Th scope="row">
                {output.output}{' '}
                <span className={classes.muted}>
                  {format.count(output.elements)} {output.elements === 1 ? 'element' : 'elements'}
                </span>
              </Table.Th>
              <Table.Td data-number>
                <Share reading={output.top1} />
              </Table.Td>
              <Table.Td data-number>
                <Share reading={output.top5} />
              </Table.Td>
              <Table.Td data-number>
                <RelativeError output={output} />
              </Table.Td>
              <Table.Td data-number>
                <Decibels output={output} />
              </Table.Td>
              <Table.Td data-number>
                {output.softmaxKl === null ? 'no scores' : `${digits(output.softmaxKl, 2, format)} nat`}
              </Table.Td>
              <Table.Td data-number>{digits(output.maxError, 3, format)}</Table.Td>
              <Table.Td data-number>
                {output.cosine === null ? 'not defined' : digits(output.cosine, 6, format)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
    </div>
  );
}

/** A percentage, as long as it says more than that the output has nothing to do with the baseline's. */
function RelativeError({ output }: { output: OutputAgreement }) {
  const format = useFormat();
  const { centredRelativeError: error } = output;
  if (error === null) return <span className={classes.muted}>outputs never vary</span>;
  const excess = describeExcess(output, format.locale);
  return excess === null ? format.quantity(error, 'ratio') : `${excess} its variation`;
}

function Decibels({ output }: { output: OutputAgreement }) {
  const format = useFormat();
  const { centredRelativeError: error, sqnrDb } = output;
  if (error === null) return <span className={classes.muted}>not defined</span>;
  if (sqnrDb === null) return error === 0 ? 'infinite' : <span className={classes.muted}>not defined</span>;
  return describeExcess(output) === null ? `${digits(sqnrDb, 3, format)} dB` : 'below 0 dB';
}

function Share({ reading }: { reading: Reading | null }) {
  const format = useFormat();
  if (reading === null) return <span className={classes.muted}>no scores</span>;
  const { text, interval } = format.reading(reading);
  return (
    <>
      {text}
      {interval !== null && <span className={classes.muted}> [{interval.split(' – ').join(', ')}]</span>}
    </>
  );
}

/** A number that has no unit of the product's own, with so many digits that count. */
function digits(value: number, count: number, { locale }: Format): string {
  const isTiny = value !== 0 && Math.abs(value) < 1e-4;
  return new Intl.NumberFormat(locale, {
    maximumSignificantDigits: count,
    ...(isTiny ? { notation: 'scientific' } : {}),
  }).format(value);
}
