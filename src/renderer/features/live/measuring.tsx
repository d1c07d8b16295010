import { VisuallyHidden } from '@mantine/core';
import { describeConfig } from '../../components/describe-config.ts';
import { Panel } from '../../components/page.tsx';
import { Readings } from '../../components/reading-view.tsx';
import { shareOfConfiguration, type TimeLeft } from '../../components/time-left.ts';
import { useFormat } from '../../components/use-format.ts';
import { useTimeLeft } from '../../components/use-time-left.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { Latency, LiveFigure } from './live-figure.tsx';
import classes from './live.module.css';
import { LatencyTrace } from './latency-trace.tsx';
import { ShareBar } from './share-bar.tsx';
import { StageList } from './stage-list.tsx';
import { stageIndex, stages } from './stages.ts';

/** The configuration that is measured now, large, and how long it and the plan still take. */
export function Measuring({ session }: { session: RunSession }) {
  const format = useFormat();
  const left = useTimeLeft(session);
  const { cells, plan, progress, trace } = session;
  const position = cells.findIndex(({ state }) => state === 'running');
  const cell = cells[position];
  const done = cells.filter(({ state }) => state !== 'pending' && state !== 'running').length;
  const share = shareOfConfiguration(session);
  const name = cell === undefined ? 'Between two configurations' : describeConfig(cell.config);
  const count = `configuration ${format.count(position + 1)} of ${format.count(cells.length)}`;
  const stage = stageIndex(progress);
  return (
    <>
      <Panel>
        <div className={classes.now}>
          <h2 className={classes.what}>
            {name}
            {cell !== undefined && <span className={classes.count}>{count}</span>}
          </h2>
          <VisuallyHidden role="status">
            {cell === undefined ? 'Between two configurations' : `Measuring ${name}, ${count}`}
          </VisuallyHidden>
          {cell === undefined ? (
            <p className={classes.stageWords}>The machine cools down, so that the next one starts as this one did.</p>
          ) : (
            <>
              <StageList current={stage} />
              <p className={classes.stageWords}>
                {plan.repeats > 1 && `Engine process ${(progress?.process ?? 0) + 1} of ${plan.repeats}. `}
                {stages[stage]?.what}
              </p>
            </>
          )}
          <ShareBar
            label="This configuration"
            share={share}
            text={
              share === null
                ? 'of this configuration: not told before the measured part'
                : `${Math.floor(100 * share)} % of this configuration, by time`
            }
          />
          <ShareBar
            label="The whole plan"
            share={(done + (share ?? 0)) / cells.length}
            text={`${format.count(done)} of ${format.count(cells.length)} configurations done`}
          />
        </div>
        <Readings>
          <Latency isCounted={progress?.stage === 'measured'} latencyNs={progress?.latestLatencyNs ?? null} />
          <LiveFigure
            evidence={progress?.stage === 'measured' ? 'in this engine process' : 'not counted in the result'}
            kind="measured"
            label={progress?.stage === 'measured' ? 'Queries so far' : 'Queries of warm-up'}
            value={progress?.latestLatencyNs == null ? null : format.count(progress.queries)}
          />
          <LiveFigure
            evidence="from its queries so far and earlier results"
            kind="computed"
            label="Left of this configuration"
            value={toText(left.configurationS, format.duration)}
          />
          <LiveFigure
            evidence="configurations that wait: estimated"
            kind="computed"
            label="Left of the whole plan"
            value={toText(left.planS, format.duration)}
          />
        </Readings>
      </Panel>
      <Panel>
        <LatencyTrace trace={trace} />
        <p className={classes.sensors}>
          Clocks and temperature are not drawn: this machine shows no sensor stream to the page.
        </p>
      </Panel>
    </>
  );
}

function toText(seconds: TimeLeft['planS'], format: (seconds: number) => string): string | null {
  return seconds === null ? null : format(seconds);
}
