import type { LossMeasure, Sensitivity } from '../../../../shared/domain/sensitivity.ts';
import { MissingReading, ReadingView, Readings } from '../../../components/reading-view.tsx';
import { useFormat } from '../../../components/use-format.ts';
import classes from './quantize.module.css';

const labels: Readonly<Record<LossMeasure, string>> = {
  accuracy: 'Fall of accuracy',
  'top-1': 'Other answers',
  error: 'Relative error',
};

/** What a variant costs on evaluation data, and what was left in float32 for it. */
export function SensitivityReport({ sensitivity }: { sensitivity: Sensitivity }) {
  const format = useFormat();
  const { measure, bound, evaluation, all, reached, excluded, modelsTried, durationS, remarks } = sensitivity;
  const label = labels[measure];
  const { accuracy } = reached;
  return (
    <section aria-labelledby="loss">
      <h3 className={classes.stance} id="loss">
        What it costs on {evaluation.description}
      </h3>
      <Readings>
        {excluded.length > 0 && (
          <LossReading label={`${label}, every node quantized`} reading={all.loss} samples={evaluation.samples} />
        )}
        <LossReading label={label} reading={reached.loss} samples={evaluation.samples} />
        {accuracy !== null && (
          <>
            <ReadingView label="Accuracy before" reading={accuracy.source} />
            <ReadingView label="Accuracy after" reading={accuracy.variant} />
          </>
        )}
      </Readings>
      <ul aria-label="How the loss was bounded" className={classes.remarks}>
        {bound !== null && (
          <li>
            {`The bound is ${format.quantity(bound, 'ratio')}. `}
            {excluded.length === 0
              ? 'It is met with every node quantized.'
              : `${format.count(excluded.length)} ${excluded.length === 1 ? 'node is' : 'nodes are'} left in float32 for it.`}
          </li>
        )}
        <li>
          {`${format.count(modelsTried)} ${modelsTried === 1 ? 'variant was' : 'variants were'} made and run in ${format.duration(durationS)}.`}
        </li>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </section>
  );
}

interface LossReadingProps {
  label: string;
  reading: Sensitivity['all']['loss'];
  samples: number;
}

function LossReading({ label, reading, samples }: LossReadingProps) {
  if (reading !== null) return <ReadingView label={label} reading={reading} />;
  return (
    <MissingReading label={label} reason={`Its outputs are not finite on ${samples} samples.`} word="not finite" />
  );
}
