import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Objective } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import type { Confirmed, Tuning } from '../../../shared/matrix/tuning.ts';
import { describeConfig } from '../../components/describe-config.ts';
import { missingNumber } from '../../components/missing-number.ts';
import { PlainTable } from '../../components/plain-table.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { MissingReading, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import { StateMark } from '../../components/verdict-mark.tsx';
import { levelWords } from './level-words.ts';
import classes from './matrix.module.css';
import { TrialTable } from './trial-table.tsx';

const objectives: Readonly<Record<Objective, string>> = {
  throughput: 'throughput',
  latency: 'latency',
  cost: 'cost of a prediction',
  energy: 'energy of a prediction',
};

interface TuningPanelProps {
  tuning: Tuning;
  cells: readonly CellRecord[];
}

/** What a search for the best configuration found, what that gains over ONNX Runtime's defaults, and what was tried. */
export function TuningPanel({ tuning, cells }: TuningPanelProps) {
  const format = useFormat();
  const { objective, serviceLevel, winner, defaults, gain, candidates, tried, trials, confirmed } = tuning;
  const limit =
    serviceLevel === null
      ? ''
      : ` with p${serviceLevel.percentile} within ${format.quantity(serviceLevel.latencyMs * 1e6, 'ns')}`;
  return (
    <section aria-label="Answer" className={classes.answer}>
      <p className={classes.sentence}>
        {winner === null ? (
          `Nothing that was measured in full keeps what was asked for: best ${objectives[objective]}${limit}.`
        ) : (
          <>
            <span aria-hidden="true">◎ </span>
            <strong>{nameConfig(winner)}</strong> is the best found for {objectives[objective]}
            {limit}.
          </>
        )}
      </p>
      <p className={classes.muted}>
        {format.count(tried)} of {format.count(candidates)} configurations were tried in {format.count(trials)} short
        trials, {format.count(confirmed.length)} measured in full. Trials only choose; every number here is of a
        measurement in full.
      </p>
      <div className={classes.readings}>
        {gain === null ? (
          <MissingReading
            label="Gain over the defaults"
            reason={
              winner !== null && winner.cell.id === defaults?.cell.id
                ? 'The defaults of ONNX Runtime are the best found.'
                : 'The winner or the defaults have no number of it.'
            }
            word="none"
          />
        ) : (
          <ReadingView label="Gain over ONNX Runtime's defaults" reading={gain} />
        )}
        <MeritView confirmed={winner} label={`Winner: ${objectives[objective]}`} />
        <MeritView confirmed={defaults} label={`Defaults: ${objectives[objective]}`} />
      </div>
      {confirmed.length > 0 && (
        <PlainTable label="Measured in full" leastWidthPx={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Measured in full</Table.Th>
              <Table.Th scope="col">Verdict</Table.Th>
              <Table.Th data-number scope="col">
                {capitalize(objectives[objective])}
              </Table.Th>
              {serviceLevel !== null && <Table.Th scope="col">Service level</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {confirmed.map((one) => (
              <ConfirmedRow hasLevel={serviceLevel !== null} isDefault={one === defaults} key={one.cell.id} one={one} />
            ))}
          </Table.Tbody>
        </PlainTable>
      )}
      <TrialTable cells={cells} />
    </section>
  );
}

function MeritView({ confirmed, label }: { confirmed: Confirmed | null; label: string }) {
  if (confirmed?.merit == null) {
    return <MissingReading label={label} reason="It has no valid number." word="not available" />;
  }
  const { cell, merit } = confirmed;
  return (
    <ReadingView
      evidence={
        <Link params={{ cellId: cell.id }} to="/measure/results/$cellId">
          samples
        </Link>
      }
      label={label}
      reading={merit}
    />
  );
}

function ConfirmedRow({ one, isDefault, hasLevel }: { one: Confirmed; isDefault: boolean; hasLevel: boolean }) {
  const { cell, merit, level } = one;
  const { outcome } = cell;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Link params={{ cellId: cell.id }} to="/measure/results/$cellId">
          {nameConfig(one)}
        </Link>
        {isDefault && ' (defaults)'}
      </Table.Th>
      <Table.Td>
        <StateMark state={outcome.state} verdict={outcome.state === 'completed' ? outcome.validity.verdict : null} />
      </Table.Td>
      <Table.Td data-number>
        <ReadingCell
          high={merit?.interval?.high ?? null}
          low={merit?.interval?.low ?? null}
          missing={missingNumber.unearned}
          unit={merit?.unit ?? 'samples/s'}
          value={merit?.value ?? null}
        />
      </Table.Td>
      {hasLevel && <Table.Td>{level === null ? '' : levelWords[level]}</Table.Td>}
    </Table.Tr>
  );
}

function nameConfig({ cell }: Confirmed): string {
  return describeConfig(cell.config);
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
