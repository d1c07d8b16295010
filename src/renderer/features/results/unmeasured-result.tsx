import type { ReactNode } from 'react';
import type { CellOutcome, CellRecord } from '../../../shared/domain/run.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { Panel } from '../../components/page.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { StateMark } from '../../components/verdict-mark.tsx';
import { EnvironmentTab } from './environment-tab.tsx';
import type { KeptSeries } from './measured-result.tsx';
import { Samples } from './raw-tab.tsx';
import classes from './results.module.css';
import { whileStage } from './stage-words.ts';
import { LatencyTrace } from './time-tab.tsx';

type UnmeasuredOutcome = Exclude<CellOutcome, { state: 'completed' }>;

interface UnmeasuredResultProps {
  cell: CellRecord;
  outcome: UnmeasuredOutcome;
  series: KeptSeries;
}

/** A configuration without a result: what happened, what to do, and what was kept of it. */
export function UnmeasuredResult({ cell, outcome, series }: UnmeasuredResultProps) {
  const format = useFormat();
  const { happened, remedy } = explain(outcome, format);
  const kept = series.filter(({ n }) => n > 0);
  return (
    <>
      <section aria-label="State" className={classes.verdict}>
        <p className={classes.sentence}>
          <StateMark state={outcome.state} verdict={null} /> <span>{happened}</span>
        </p>
        <p className={classes.remedy}>{remedy}</p>
        {outcome.state === 'running' && <ButtonLink to="/measure/live">Watch it live</ButtonLink>}
        {outcome.state === 'failed' && <code className={classes.muted}>{outcome.failure.code}</code>}
      </section>
      {outcome.state === 'crashed' && outcome.exit.stderrTail !== '' && (
        <Panel title="The last lines that the engine wrote">
          {/* A part of the page that scrolls is reached by the keyboard. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className={classes.tail} tabIndex={0}>
            {outcome.exit.stderrTail}
          </pre>
        </Panel>
      )}
      {kept.map(({ process }) => (
        <Panel
          key={process}
          title={kept.length === 1 ? 'What was kept of it' : `What was kept of engine process ${process + 1}`}
        >
          <p className={classes.remark}>These samples are no result: the measurement did not come to its end.</p>
          <LatencyTrace cellId={cell.id} process={process} />
          <Samples cell={cell} process={process} />
        </Panel>
      ))}
      {cell.provenance !== null && (
        <>
          <Panel title="Repeat it">
            <CommandLine command={cell.provenance.command} label="The command that measures it again" />
          </Panel>
          <EnvironmentTab cell={cell} measurement={null} />
        </>
      )}
    </>
  );
}

const limitWords = {
  start: 'it did not answer after its start',
  silence: 'it gave no sign of life',
  task: 'it was not done',
} as const;

/** What happened and what to do about it, a sentence or two each. */
export function explain(
  outcome: UnmeasuredOutcome,
  format: Pick<Format, 'count' | 'duration'>,
): { happened: ReactNode; remedy: string } {
  switch (outcome.state) {
    case 'failed':
      return { happened: outcome.failure.message, remedy: outcome.failure.remedy };
    case 'crashed': {
      const { exitCode, signal } = outcome.exit;
      const how = signal === null ? `with exit code ${exitCode ?? 'unknown'}` : `by the signal ${signal}`;
      return {
        happened: `The engine process ended ${how} ${whileStage(outcome.stage)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Measure it again; if it crashes again, try a smaller batch or the provider cpu.',
      };
    }
    case 'timed-out':
      return {
        happened: `The engine was ended ${whileStage(outcome.stage)}, because ${limitWords[outcome.limit]} within ${format.duration(outcome.deadlineS)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Measure a smaller batch, or close other programs and measure again.',
      };
    case 'cancelled':
      return {
        happened: `The measurement was cancelled ${whileStage(outcome.stage)}. ${describeKept(outcome.keptSamples, format)}`,
        remedy: 'Going on with the run measures it from its start.',
      };
    case 'running':
      return { happened: 'It is being measured now.', remedy: 'Its result appears here when it is done.' };
    case 'pending':
      return {
        happened: 'It has not been measured yet.',
        remedy: 'A run that goes on measures it in its turn; one that was stopped can go on below.',
      };
  }
}

function describeKept(samples: number, { count }: Pick<Format, 'count'>): string {
  if (samples === 0) return 'It left no samples.';
  return samples === 1 ? 'Its one sample is kept.' : `Its ${count(samples)} samples are kept.`;
}
