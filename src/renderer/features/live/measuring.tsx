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
  const { cells, plan, progress } = session;
  const position = cells.findIndex(({ state }) => state === 'running');
  const cell = cells[position];
  const done = cells.filter(({ state }) => state !== 'pending' && state !== 'running').length;
  const share = shareOfConfiguration(session);
  const name = cell === undefined ? 'Between two configurations' : describeConfig(cell.config);
  const count = `configuration ${format.count(position + 1)} of ${format.count(cells.length)}`;
  const stage = stageIndex(progress);
  const shareText = share === null ? 'estimated' : `${Math.floor(100 * share)} % done, by time`;
  const doneText = `${format.count(done)} of ${format.count(cells.length)} done`;
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
            <p className={classes.stageWords}>
              The next one begins when the processor is as cool as at the start, where its temperature can be read.
            </p>
          ) : (
            <>
              <StageList current={stage} />
              <p className={classes.stageWords}>
                {plan.repeats > 1 && `Engine process ${(progress?.process ?? 0) + 1} of ${plan.repeats}. `}
                {stages[stage]?.what}
              </p>
            </>
          )}
        </div>
        <Readings>
          <Latency isCounted={progress?.stage === 'measured'} latencyNs={progress?.latestLatencyNs ?? null} />
          <LiveFigure
            evidence={progress?.stage === 'warm-up' ? 'of warm-up' : 'in this engine process'}
            kind="measured"
            label="Queries so far"
            value={progress?.latestLatencyNs == null ? null : format.count(progress.queries)}
          />
          <LiveFigure
            evidence={shareText}
            kind="computed"
            label="Left of this configuration"
            value={toText(left.configurationS, format.duration)}
          >
            <ShareBar label="This configuration" share={share} text={shareText} />
          </LiveFigure>
          <LiveFigure
            evidence={doneText}
            kind="computed"
            label="Left of the whole plan"
            value={toText(left.planS, format.duration)}
          >
            <ShareBar label="The whole plan" share={(done + (share ?? 0)) / cells.length} text={doneText} />
          </LiveFigure>
        </Readings>
      </Panel>
      <Panel>
        <LatencyTrace session={session} />
      </Panel>
    </>
  );
}

function toText(seconds: TimeLeft['planS'], format: (seconds: number) => string): string | null {
  return seconds === null ? null : format(seconds);
}
