import { VisuallyHidden } from '@mantine/core';
import { speedupSoFar } from '../../../../shared/charts/speedup-so-far.ts';
import { ChartFigure } from '../../../components/chart/chart-figure.tsx';
import { Panel } from '../../../components/page.tsx';
import { useFormat } from '../../../components/use-format.ts';
import type { ComparisonSession } from '../../../transport/comparison-state.ts';
import { toPercent } from '../answer.ts';
import { describeSide } from '../name-sides.ts';
import { Figure } from './figure.tsx';
import classes from './running.module.css';
import { stageOf, stages } from './stages.ts';

/** The candidate that is compared now: its stage, its speed-up so far, and how near the verdict is. */
export function Comparing({ session }: { session: ComparisonSession }) {
  const format = useFormat();
  const { plan, progress, preparing, course } = session;
  const candidate = plan.candidates[progress?.candidate ?? 0] ?? plan.baseline;
  const name = describeSide(candidate);
  const stage = stageOf(session);
  const current = stages.findIndex(({ id }) => id === stage);
  const speedup = progress?.speedup ?? null;
  const parts = speedup === null ? null : format.reading(speedup);
  const leftS = progress?.remainingS ?? null;
  const count = `candidate ${format.count((progress?.candidate ?? 0) + 1)} of ${format.count(plan.candidates.length)}`;
  return (
    <>
      <Panel>
        <div className={classes.now}>
          <h2 className={classes.what}>
            {name}
            {plan.candidates.length > 1 && <span className={classes.count}>{count}</span>}
          </h2>
          <VisuallyHidden role="status">
            Comparing {name}: {stages[current]?.name}
          </VisuallyHidden>
          <ol aria-label="Stages" className={classes.stages}>
            {stages.map(({ id, name: title }, index) => (
              <li
                aria-current={index === current ? 'step' : undefined}
                className={classes.stage}
                data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
                key={id}
              >
                <span aria-hidden="true" className={classes.shape}>
                  {index < current ? '✓' : index === current ? '▸' : '·'}
                </span>
                {title}
                {index < current && <VisuallyHidden>, done</VisuallyHidden>}
              </li>
            ))}
          </ol>
          <p className={classes.words}>
            {stages[current]?.what}
            {stage === 'preparing' &&
              preparing !== null &&
              ` ${preparing.model}: ${toPercent(preparing.share, format)}.`}
          </p>
        </div>
        <div className={classes.figures}>
          <Figure
            evidence={parts === null ? 'from three pairs on' : (parts.interval ?? 'no interval yet')}
            kind="measured"
            label="Speed-up so far"
            unit="×"
            value={parts === null ? null : parts.whole + parts.fraction}
          />
          <Figure
            evidence="of blocks, one of each side"
            kind="measured"
            label="Pairs"
            value={progress === null || progress.pairs === 0 ? null : format.count(progress.pairs)}
          />
          <Figure
            evidence={`at most ${format.duration(plan.maxDurationS)} are measured`}
            kind="computed"
            label="Left until the verdict"
            value={leftS === null ? null : format.duration(leftS)}
          />
          <Figure
            evidence="differences within count as none"
            kind="assumed"
            label="Margin"
            value={`± ${toPercent(plan.margin, format)}`}
          />
        </div>
      </Panel>
      <Panel>
        <ChartFigure
          draw={(style) => speedupSoFar({ points: course, margin: plan.margin }, style)}
          fileName="speed-up-so-far"
          heightPx={280}
          isLive
        />
      </Panel>
    </>
  );
}
