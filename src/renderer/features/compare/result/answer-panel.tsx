import { Button } from '@mantine/core';
import type { ComparisonRecord, Speed } from '../../../../shared/domain/comparison.ts';
import { SpeedVerdictMark } from '../../../components/speed-verdict-mark.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { isInvalid, type Answer } from '../answer.ts';
import { useStartComparison } from '../use-start-comparison.ts';
import classes from './result.module.css';

/** More time than the prediction asks for, which is itself uncertain. */
const spareFactor = 1.5;

/** The verdict as one sentence; below it, what takes it its meaning or what would settle it. */
export function AnswerPanel({ answer, record }: { answer: Answer; record: ComparisonRecord }) {
  const { speed, findings } = record.result;
  return (
    <section aria-label="Verdict" className={classes.answer}>
      <p className={classes.sentence}>
        {answer.before} <SpeedVerdictMark holds={answer.holds} verdict={answer.verdict} />
        {answer.after}
      </p>
      {findings.filter(isInvalid).map(({ code, reason, remedy }) => (
        <div className={classes.invalid} key={code}>
          <p>
            <strong>{reason}</strong> {remedy}
          </p>
          <code>{code}</code>
        </div>
      ))}
      {speed !== null && speed.stopped === 'cancelled' && (
        <p className={classes.muted}>It was cancelled; the verdict is of the pairs until then.</p>
      )}
      {speed !== null && answer.holds && speed.verdict === 'AMBIGUOUS' && <ToSettle record={record} speed={speed} />}
      {speed !== null && speed.adjusted !== null && speed.adjusted.verdict !== speed.verdict && (
        <p className={classes.muted}>
          By itself it would be {speed.verdict}; with {speed.adjusted.comparisons} candidates compared at once, a
          difference of this size may be chance (Benjamini and Hochberg).
        </p>
      )}
    </section>
  );
}

function ToSettle({ record, speed }: { record: ComparisonRecord; speed: Speed }) {
  const format = useFormat();
  const { start, isBusy } = useStartComparison();
  const { toSettle } = speed;
  const candidate = record.plan.candidates[record.candidate];
  if (toSettle === null || candidate === undefined) {
    return (
      <p className={classes.muted}>
        The interval reaches into the margin from outside, and the speed-up is so near to its edge that no reasonable
        number of pairs would tell.
      </p>
    );
  }
  const maxDurationS = Math.ceil((speed.durationS + toSettle.durationS) * spareFactor);
  const runLonger = (): void => start({ ...record.plan, candidates: [candidate], maxDurationS });
  return (
    <div className={classes.settle}>
      <p>
        {format.count(toSettle.pairs)} more pairs would settle it, about {format.duration(toSettle.durationS)}.
      </p>
      <Button disabled={isBusy} onClick={runLonger} variant="default">
        Compare for up to {format.duration(maxDurationS)}
      </Button>
      {isBusy && <span className={classes.muted}>Something is being measured now.</span>}
    </div>
  );
}
