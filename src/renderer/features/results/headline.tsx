import type { Measurement, Validity } from '../../../shared/domain/measurement.ts';
import type { GradeId } from '../../../shared/domain/plan.ts';
import { missingNumber } from '../../components/missing-number.ts';
import { MissingReading, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

const shownPercentiles = [50, 90, 99];

interface HeadlineProps {
  summary: Measurement['summary'];
  verdict: Validity['verdict'];
  /** null: not known yet. */
  grade: GradeId | null;
  at: string | null;
}

/** The four numbers that most come for. A percentile that the sample does not earn says what it would take. */
export function Headline({ summary, verdict, grade, at }: HeadlineProps) {
  const format = useFormat();
  const hollow = verdict === 'INVALID';
  return (
    <div className={classes.headline}>
      {shownPercentiles.map((wanted) => {
        const label = `p${wanted} latency`;
        const found = summary.percentiles.find(({ percentile }) => percentile === wanted);
        if (found?.status === 'earned') {
          return <ReadingView at={at} hollow={hollow} key={wanted} label={label} reading={found.reading} />;
        }
        const reason =
          found === undefined
            ? `The ${grade === null ? '' : `${grade} `}grade does not ask for it.`
            : `It takes ${format.count(found.neededN)} queries; ${format.count(found.n)} were kept.`;
        const remedy = found === undefined ? 'Measure at the standard grade.' : 'Measure longer.';
        const word = found === undefined ? missingNumber.unasked : missingNumber.unearned;
        return <MissingReading key={wanted} label={label} reason={reason} remedy={remedy} word={word} />;
      })}
      {summary.throughput === null ? (
        <MissingReading
          label="Throughput"
          reason="Too few queries were completed to tell."
          remedy="Measure longer."
          word={missingNumber.unearned}
        />
      ) : (
        <ReadingView at={at} hollow={hollow} label="Throughput" reading={summary.throughput} />
      )}
    </div>
  );
}
