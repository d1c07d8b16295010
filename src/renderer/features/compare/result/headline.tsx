import type { ComparisonRecord } from '../../../../shared/domain/comparison.ts';
import type { Reading } from '../../../../shared/domain/provenance.ts';
import { MissingReading, ReadingView } from '../../../components/reading-view.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { describeMemory, describeSize } from '../answer.ts';
import classes from './result.module.css';

const toBytes = (value: number): Reading => ({ value, unit: 'B', kind: 'measured', interval: null, n: null });

/** The numbers that most come for, of the candidate, with the baseline's beside them. */
export function Headline({ record, holds }: { record: ComparisonRecord; holds: boolean }) {
  const format = useFormat();
  const { result, createdAt } = record;
  const { speed, baseline, candidate } = result;
  const size = describeSize(result, format);
  const memory = describeMemory(result, format);
  return (
    <div className={classes.headline}>
      {speed === null ? (
        <MissingReading label="Speed-up" reason="Nothing was measured." word="not measured" />
      ) : (
        <>
          <ReadingView at={createdAt} hollow={!holds} label="Speed-up" reading={speed.speedup} />
          <ReadingView hollow={!holds} label="Candidate, median latency" reading={speed.latency.candidate} />
          <ReadingView hollow={!holds} label="Baseline, median latency" reading={speed.latency.baseline} />
        </>
      )}
      <ReadingView
        evidence={
          <span>
            {size === null
              ? 'the same file on both sides'
              : `${size}; the baseline has ${format.quantity(baseline.sizeBytes, 'B')}`}
          </span>
        }
        label="Size of the model"
        reading={toBytes(candidate.sizeBytes)}
      />
      {candidate.peakRssBytes === null ? (
        <MissingReading label="Peak memory" reason="This system does not tell it, or the process failed." />
      ) : (
        <ReadingView
          evidence={<span>{memory ?? 'that of the baseline is not known'}</span>}
          label="Peak memory"
          reading={toBytes(candidate.peakRssBytes)}
        />
      )}
    </div>
  );
}
