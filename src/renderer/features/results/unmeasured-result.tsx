import type { CellRecord } from '../../../shared/domain/run.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { TypedCommand } from '../../components/typed-command.tsx';
import { Panel } from '../../components/page.tsx';
import { useFormat } from '../../components/use-format.ts';
import { StateMark } from '../../components/verdict-mark.tsx';
import { EnvironmentTab } from './environment-tab.tsx';
import { explainOutcome, type UnmeasuredOutcome } from '../../components/explain-outcome.ts';
import type { KeptSeries } from './process-switch.tsx';
import { Samples } from './raw-tab.tsx';
import classes from './results.module.css';
import { LatencyTrace } from './time-tab.tsx';

interface UnmeasuredResultProps {
  cell: CellRecord;
  outcome: UnmeasuredOutcome;
  series: KeptSeries;
}

/** A configuration without a result: what happened, what to do, and what was kept of it. */
export function UnmeasuredResult({ cell, outcome, series }: UnmeasuredResultProps) {
  const format = useFormat();
  const { happened, remedy } = explainOutcome(outcome, format);
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
            <TypedCommand command={cell.provenance.command} label="The command that measures it again" />
          </Panel>
          <EnvironmentTab cell={cell} measurement={null} />
        </>
      )}
    </>
  );
}
