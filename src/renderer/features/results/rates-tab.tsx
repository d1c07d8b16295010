import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { rateSearch, type DrawnRateSearch } from '../../../shared/charts/rate-search.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { PlainTable } from '../../components/plain-table.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { MissingReading, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

interface RatesTabProps {
  rates: DrawnRateSearch;
  /** Configurations of the run, in which steps are found. */
  cells: readonly CellRecord[];
  shownIndex: number;
}

/** Which rates were tried, and up to which one the service level is kept. */
export function RatesTab({ rates, cells, shownIndex }: RatesTabProps) {
  const name = cells.find(({ index }) => index === shownIndex)?.id ?? 'rates';
  return (
    <>
      {rates.isSearch && <Answer rates={rates} />}
      <div className={classes.chart}>
        <ChartFigure draw={(style) => rateSearch(rates, style)} fileName={`${name}-rates`} heightPx={360} />
      </div>
      <StepTable cells={cells} rates={rates} shownIndex={shownIndex} />
    </>
  );
}

function Answer({ rates: { highestConfirmedPerS, lowestFailedPerS, serviceLevel } }: { rates: DrawnRateSearch }) {
  const format = useFormat();
  const level =
    serviceLevel === null
      ? 'the service level'
      : `p${serviceLevel.percentile} within ${format.quantity(serviceLevel.latencyMs * 1e6, 'ns')}`;
  return (
    <div className={`${classes.headline ?? ''} ${classes.chart ?? ''}`}>
      {highestConfirmedPerS === null ? (
        <MissingReading
          label="Highest confirmed rate"
          reason={`No rate kept ${level} in a fresh run of full length.`}
          remedy="Allow a longer latency, or measure at a higher grade."
          word="none"
        />
      ) : (
        <ReadingView
          evidence={<span>in a fresh run, {level}</span>}
          label="Highest confirmed rate"
          reading={toReading(highestConfirmedPerS)}
        />
      )}
      {lowestFailedPerS === null ? (
        <MissingReading label="Lowest failed rate" reason="No rate above it was found to fail." word="none" />
      ) : (
        <ReadingView label="Lowest failed rate" reading={toReading(lowestFailedPerS)} />
      )}
    </div>
  );
}

function toReading(value: number): Reading {
  return { value, unit: 'queries/s', kind: 'measured', interval: null, n: null };
}

const verdictWords = {
  kept: { shape: '✓', word: 'kept' },
  missed: { shape: '✕', word: 'missed' },
  unclear: { shape: '□', word: 'says nothing' },
} as const;

function StepTable({ rates, cells, shownIndex }: RatesTabProps) {
  const format = useFormat();
  return (
    <PlainTable label="Rates that were tried" leastWidthPx={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Step</Table.Th>
          <Table.Th data-number scope="col">
            Offered rate
          </Table.Th>
          <Table.Th data-number scope="col">
            p{rates.percentile} latency <KindMark compact kind="measured" />
          </Table.Th>
          {rates.isSearch && <Table.Th scope="col">Purpose</Table.Th>}
          {rates.serviceLevel !== null && <Table.Th scope="col">Service level</Table.Th>}
          <Table.Th scope="col">Samples</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rates.steps.map(({ index, ratePerS, latencyNs, purpose, verdict }, position) => {
          const id = cells.find((cell) => cell.index === index)?.id;
          return (
            <Table.Tr data-shown={index === shownIndex || undefined} key={index}>
              <Table.Th scope="row">{position + 1}</Table.Th>
              <Table.Td data-number>{format.quantity(ratePerS, 'queries/s')}</Table.Td>
              <Table.Td data-number>
                <ReadingCell
                  hollow={verdict === 'unclear'}
                  missing={missingNumber.unearned}
                  unit="ns"
                  value={latencyNs}
                />
              </Table.Td>
              {rates.isSearch && <Table.Td>{purpose === 'confirm' ? 'confirmation' : 'short trial'}</Table.Td>}
              {rates.serviceLevel !== null && (
                <Table.Td>
                  <span aria-hidden="true">{verdictWords[verdict].shape}</span> {verdictWords[verdict].word}
                </Table.Td>
              )}
              <Table.Td>
                {index === shownIndex || id === undefined ? (
                  'shown here'
                ) : (
                  <Link params={{ cellId: id }} search={{ tab: 'rates' }} to="/measure/results/$cellId">
                    Open
                  </Link>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </PlainTable>
  );
}
