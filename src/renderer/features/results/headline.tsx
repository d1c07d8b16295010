import type { Measurement, Percentile, Validity } from '../../../shared/domain/measurement.ts';
import type { GradeId, ScenarioId } from '../../../shared/domain/plan.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import { missingNumber } from '../../components/missing-number.ts';
import { MissingReading, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

interface HeadlineProps {
  measurement: Measurement;
  scenario: ScenarioId;
  verdict: Validity['verdict'];
  /** null: not known yet. */
  grade: GradeId | null;
  at: string | null;
}

/** The four numbers that most come for. A percentile that the sample does not earn says what it would take. */
export function Headline({ measurement, scenario, verdict, grade, at }: HeadlineProps) {
  return (
    <div className={classes.headline}>
      {choose(measurement, scenario).map((shown) => (
        <Shown at={at} grade={grade} hollow={verdict === 'INVALID'} key={shown.label} shown={shown} />
      ))}
    </div>
  );
}

/** A number of the headline: a percentile, or another reading with what its absence means. */
type Shown =
  | { label: string; of: readonly Percentile[]; wanted: number }
  | { label: string; reading: Reading | null; reason: string };

const tooFew = 'Too few queries were completed to tell.';

function choose({ summary, instances, decode, coldStart, idleGap }: Measurement, scenario: ScenarioId): Shown[] {
  if (decode !== undefined) {
    return [
      { label: 'p50 time to first token', of: decode.timeToFirstToken.percentiles, wanted: 50 },
      { label: 'p50 inter-token latency', of: decode.interToken.percentiles, wanted: 50 },
      { label: 'Prefill', reading: decode.prefillTokensPerS, reason: tooFew },
      { label: 'Decode', reading: decode.decodeTokensPerS, reason: tooFew },
    ];
  }
  const what =
    coldStart !== undefined ? 'time to first answer' : scenario === 'server' ? 'latency from arrival' : 'latency';
  const percentiles = [50, 90, 99].map((wanted) => ({
    label: `p${wanted} ${what}`,
    of: summary.percentiles,
    wanted,
  }));
  if (coldStart !== undefined) {
    return [...percentiles, { label: 'Process start, median', reading: coldStart.processStart, reason: tooFew }];
  }
  if (idleGap !== undefined) {
    const { kept } = idleGap;
    const reading: Reading | null =
      kept === null ? null : { value: kept.medianNs, unit: 'ns', kind: 'measured', interval: null, n: kept.pauses };
    return [...percentiles, { label: 'Pause before a query, median', reading, reason: 'Not every stamp was kept.' }];
  }
  const throughput =
    instances === undefined
      ? { label: 'Throughput', reading: summary.throughput, reason: tooFew }
      : { label: `Throughput of ${instances.count} instances`, reading: instances.throughput, reason: tooFew };
  return [...percentiles, throughput];
}

interface ShownProps extends Pick<HeadlineProps, 'at' | 'grade'> {
  shown: Shown;
  hollow: boolean;
}

function Shown({ shown, grade, hollow, at }: ShownProps) {
  const format = useFormat();
  const { label } = shown;
  if ('reading' in shown) {
    if (shown.reading !== null) return <ReadingView at={at} hollow={hollow} label={label} reading={shown.reading} />;
    const { reason } = shown;
    return <MissingReading label={label} reason={reason} remedy="Measure longer." word={missingNumber.unearned} />;
  }
  const found = shown.of.find(({ percentile }) => percentile === shown.wanted);
  if (found?.status === 'earned') return <ReadingView at={at} hollow={hollow} label={label} reading={found.reading} />;
  const reason =
    found === undefined
      ? `The ${grade === null ? '' : `${grade} `}grade does not ask for it.`
      : `It takes ${format.count(found.neededN)} queries; ${format.count(found.n)} were kept.`;
  const remedy = found === undefined ? 'Measure at the standard grade.' : 'Measure longer.';
  const word = found === undefined ? missingNumber.unasked : missingNumber.unearned;
  return <MissingReading label={label} reason={reason} remedy={remedy} word={word} />;
}
