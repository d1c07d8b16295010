import { describeExcess } from '../../../shared/comparison.ts';
import type {
  ComparisonRecord,
  ComparisonResult,
  Quality,
  Speed,
  SpeedVerdict,
} from '../../../shared/domain/comparison.ts';
import type { Finding } from '../../../shared/domain/measurement.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { FormattedReading } from '../../../shared/units.ts';
import { subjectOf } from './name-sides.ts';

/** The result of a comparison in one sentence, with the place of its verdict: "int8 is" FASTER ": 3.02× [2.97, 3.06]." */
export interface Answer {
  /** null: nothing was measured. */
  verdict: SpeedVerdict | null;
  /** False: a finding takes the verdict its meaning. */
  holds: boolean;
  before: string;
  after: string;
}

/** How numbers are written for this user. */
interface NumberFormat {
  locale: string | undefined;
  reading(reading: Reading): FormattedReading;
}

/** Files within this share of each other are of one size. */
const sameSizeShare = 0.01;

/** What was found, with its intervals, in the order in which it matters: speed, quality, size. */
export function toAnswer(record: ComparisonRecord, format: NumberFormat): Answer {
  const { plan, result } = record;
  const { speed } = result;
  const subject = subjectOf(plan.baseline, plan.candidates[record.candidate] ?? plan.baseline);
  if (speed === null) return { verdict: null, holds: false, before: `${subject}:`, after: '.' };
  const verdict = verdictOf(speed);
  const holds = !result.findings.some(isInvalid);
  const times = withInterval(speed.speedup, format);
  const evidence = [describeQuality(result, format), describeSize(result, format)].filter((part) => part !== null);
  if (!holds) {
    return { verdict, holds, before: `${subject}:`, after: `; measured ${[times, ...evidence].join(', ')}.` };
  }
  const isSame = verdict === 'SAME';
  const claim = isSame ? [`within ${toPercent(speed.margin, format)} of the baseline`] : [];
  return {
    verdict,
    holds,
    before: isSame ? `${subject} takes the` : `${subject} is`,
    after: `${isSame ? ' time' : ''}: ${[times, ...claim, ...evidence].join(', ')}.`,
  };
}

/** The verdict that counts: over all candidates of a plan where there are several. */
export function verdictOf({ verdict, adjusted }: Pick<Speed, 'verdict' | 'adjusted'>): SpeedVerdict {
  return adjusted?.verdict ?? verdict;
}

/** True for a finding that takes the verdict its meaning. */
export function isInvalid({ severity }: Finding): boolean {
  return severity === 'invalid';
}

/** How many times the baseline's file is as large, in words; null where both sides run the same file. */
export function describeSize({ baseline, candidate }: ComparisonResult, format: NumberFormat): string | null {
  if (baseline.modelSha256 === candidate.modelSha256 || candidate.sizeBytes === 0) return null;
  const ratio = baseline.sizeBytes / candidate.sizeBytes;
  if (Math.abs(ratio - 1) <= sameSizeShare) return 'the same size';
  return ratio > 1 ? `${toTimes(ratio, format)} smaller` : `${toTimes(1 / ratio, format)} larger`;
}

/** The same for peak memory; null where one is unknown. */
export function describeMemory({ baseline, candidate }: ComparisonResult, format: NumberFormat): string | null {
  if (baseline.peakRssBytes === null || candidate.peakRssBytes === null || candidate.peakRssBytes === 0) return null;
  const ratio = baseline.peakRssBytes / candidate.peakRssBytes;
  if (Math.abs(ratio - 1) <= 0.05) return 'about as much as the baseline';
  return ratio > 1
    ? `${toTimes(ratio, format)} less than the baseline`
    : `${toTimes(1 / ratio, format)} more than the baseline`;
}

/** "3.02× [2.97, 3.06]" or "99.1% [98.4, 99.5]". */
export function withInterval(reading: Reading, { reading: format }: Pick<NumberFormat, 'reading'>): string {
  const { whole, fraction, unit, interval } = format(reading);
  const number = `${whole}${fraction}${unit === '×' || unit === '%' ? unit : ` ${unit}`}`;
  return interval === null ? number : `${number} [${interval.split(' – ').join(', ')}]`;
}

function describeQuality({ quality }: ComparisonResult, format: NumberFormat): string | null {
  return quality === null ? null : describeQualityOf(quality, format);
}

function describeQualityOf(quality: Quality, format: NumberFormat): string | null {
  if (quality.voidReason !== null) return 'quality void';
  const { labelled } = quality;
  if (labelled !== null) {
    const change = withInterval(labelled.difference, format).replace('%', ' points');
    return `accuracy ${withInterval(labelled.candidate, format)} (${change})`;
  }
  const scores = quality.outputs.find(({ top1 }) => top1 !== null);
  if (scores?.top1 != null) return `top-1 agreement ${withInterval(scores.top1, format)}`;
  if (quality.outputs.some((output) => describeExcess(output) !== null)) return 'outputs off by more than they vary';
  const errors = quality.outputs.flatMap(({ centredRelativeError: error }) => (error === null ? [] : [error]));
  if (errors.length === 0) return null;
  return `outputs off by ${toPercent(Math.max(...errors), format)}`;
}

/** The same without intervals, for a column. */
export function summarizeQuality({ quality }: ComparisonResult, format: NumberFormat): string | null {
  if (quality === null) return null;
  if (quality.voidReason !== null) return 'void';
  const share = (reading: Reading): string => withInterval({ ...reading, interval: null }, format);
  const { labelled } = quality;
  if (labelled !== null) return `accuracy ${share(labelled.candidate)} (baseline ${share(labelled.baseline)})`;
  const scores = quality.outputs.find(({ top1 }) => top1 !== null);
  return scores?.top1 == null ? describeQualityOf(quality, format) : `top-1 agreement ${share(scores.top1)}`;
}

function toTimes(ratio: number, { locale }: NumberFormat): string {
  const digits = ratio < 10 ? 1 : 0;
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format.format(ratio)}×`;
}

/** A share in percent with two digits that count. */
export function toPercent(share: number, { locale }: Pick<NumberFormat, 'locale'>): string {
  return `${new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(100 * share)}%`;
}
