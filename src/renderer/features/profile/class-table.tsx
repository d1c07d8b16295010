import { Table } from '@mantine/core';
import { disturbedPeaksWords, isShareMeaningless } from '../../../shared/disturbed-peaks.ts';
import type { Roofline } from '../../../shared/domain/roofline.ts';
import { ObservedValue } from '../../components/facts.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';

/** The same rates apart for what the kernels compute on. */
export function ClassTable({ roofline }: { roofline: Roofline }) {
  const format = useFormat();
  return (
    <div className={classes.below}>
      <PlainTable label="Rates by what the kernels compute on" leastWidthPx={520}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Kernels compute on</Table.Th>
            <Table.Th data-number scope="col">
              Operations of a query
            </Table.Th>
            <Table.Th data-number scope="col">
              While they ran, with the profiler
            </Table.Th>
            <Table.Th data-number scope="col">
              Of the peak
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {roofline.classes.map(({ class: name, flops, achieved, peakShare }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td data-number>
                {format.quantity(flops, 'FLOP')} <KindMark compact kind="computed" />
              </Table.Td>
              <Table.Td data-number>
                {format.reading(achieved).text} <KindMark compact kind={achieved.kind} />
              </Table.Td>
              <Table.Td data-number>
                <ObservedValue observed={peakShare}>
                  {(reading) => (
                    <>
                      <ReadingCell unit="ratio" value={reading.value} />
                      {isShareMeaningless(reading, roofline.peaks) && (
                        <div className={classes.meaningless}>{disturbedPeaksWords}</div>
                      )}
                    </>
                  )}
                </ObservedValue>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
    </div>
  );
}
