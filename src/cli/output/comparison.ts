import stringWidth from 'string-width';
import { describeSides } from '../../shared/comparison.ts';
import { toTypable, type CommandLine } from '../../shared/command.ts';
import type {
  ComparisonRecord,
  ComparisonResult,
  Speed,
  SpeedVerdict,
  StoredRatio,
} from '../../shared/domain/comparison.ts';
import type { Finding } from '../../shared/domain/measurement.ts';
import { formatCount, formatDuration, formatQuantity, formatTime } from '../../shared/units.ts';
import { printColumns, type Cell, type Column } from './columns.ts';
import { printKernels } from './compared-kernels.ts';
import { describeQuality, listQuality } from './compared-quality.ts';
import { describeReading, factRow } from './comparison-rows.ts';
import { printFindings, readingRow, toShortName } from './results.ts';
import { shortenMiddle, wrap, type Style, type Terminal } from './terminal.ts';

/** Words first, then shapes: colour comes third. */
const shapes: Readonly<Record<SpeedVerdict, string>> = { FASTER: '▲', SLOWER: '▼', SAME: '=', AMBIGUOUS: '?' };
const styles: Readonly<Record<SpeedVerdict, Style>> = {
  FASTER: 'good',
  SLOWER: 'caution',
  SAME: 'strong',
  AMBIGUOUS: 'muted',
};

/** A verdict in a list. `holds`: nothing takes it its meaning. */
export function speedVerdictCell(verdict: SpeedVerdict | null, holds: boolean): Extract<Cell, { text: string }> {
  if (verdict === null) return { text: '✕ NOT MEASURED', style: 'bad' };
  if (!holds) return { text: '□ NO VERDICT', style: 'bad' };
  return { text: `${shapes[verdict]} ${verdict}`, style: styles[verdict] };
}

/** Label, value, interval, kind and observations; names give way before the interval does. */
const readingColumns: readonly Column[] = [{ shrinks: 'middle' }, {}, {}, {}, { dropOrder: 1 }];
const latencyLabel = 'latency, ';
/** Of a name, where a line has little room. */
const leastName = 8;
/** Names that cannot be as long take the room of the number of observations, which `readingColumns` leaves out then. */
const comfortableName = 15;

/** One comparison: the verdict as a sentence, its readings, kernels, quality, and what is to be known about it. */
export function printComparison(
  terminal: Terminal,
  { id, plan, candidate, createdAt, command, result }: ComparisonRecord,
  commandLine: CommandLine | null,
): void {
  const side = plan.candidates[candidate] ?? plan.baseline;
  const names = describeSides(plan.baseline, side);
  const [voiding, remarks] = [result.findings.filter(isInvalid), result.findings.filter((one) => !isInvalid(one))];
  const { speed } = result;
  const style = voiding.length > 0 || speed === null ? 'bad' : 'strong';
  const sentence = toSentence(names, result, terminal.width);
  terminal.print('', ...wrap(sentence, terminal.width).map((line) => terminal.paint(style, line)));
  // What takes the verdict its meaning stands where the verdict would.
  printFindings(terminal, voiding);
  if (speed !== null) {
    const { baseline, candidate: other } = speed.latency;
    const rows = [...listQuality(result.quality), ...listCosts(result), ...listEvidence(speed)];
    const labels = labelSides(names, [readingRow('', baseline), readingRow('', other), ...rows], terminal.width);
    rows.unshift(
      readingRow('speed-up', speed.speedup),
      readingRow(latencyLabel + labels[0], baseline),
      readingRow(latencyLabel + labels[1], other),
    );
    terminal.print(...printColumns(terminal, readingColumns, rows));
  }
  for (const [name, { kernels }] of [
    [names[0], result.baseline],
    [names[1], result.candidate],
  ] as const) {
    if (kernels !== null) printKernels(terminal, name, kernels);
  }
  if (remarks.length > 0) terminal.print('');
  printFindings(terminal, remarks);
  const where = [plan.baseline.provider, `batch ${plan.batch}`, formatTime(createdAt), id];
  terminal.print('', terminal.paint('muted', where.join(' · ')));
  if (commandLine !== null) terminal.print(terminal.paint('muted', `$ ${toTypable(command, commandLine)}`));
}

function isInvalid({ severity }: Finding): boolean {
  return severity === 'invalid';
}

/**
 * The names of both sides, as long as the readings beside them leave room for; what they are, where shortening leaves
 * no difference.
 */
function labelSides(
  names: readonly [string, string],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly [string, string] {
  const readings = rows.filter(({ length }) => length === readingColumns.length);
  const roomBeside = (columns: number): number => {
    const plain = { width: Number.POSITIVE_INFINITY, paint: (_style: Style, text: string) => text };
    const unnamed = readings.map((row) => [latencyLabel, ...row.slice(1, columns)]);
    const lines = printColumns(plain, readingColumns.slice(0, columns), unnamed);
    return width - Math.max(...lines.map((line) => stringWidth(line)));
  };
  const whole = roomBeside(readingColumns.length);
  const room = whole < comfortableName ? roomBeside(readingColumns.length - 1) : whole;
  const length = Math.max(leastName, Math.min(room, Math.floor(width / 3)));
  const [baseline, candidate] = [shortenMiddle(names[0], length), shortenMiddle(names[1], length)];
  return baseline === candidate ? ['baseline', 'candidate'] : [baseline, candidate];
}

/** "b is FASTER: 3.02× [2.97, 3.06], top-1 agreement 99.1 %, 4.0× smaller." */
function toSentence([baseline, candidate]: readonly [string, string], result: ComparisonResult, width: number): string {
  const { speed, quality, findings } = result;
  const short = shortenMiddle(candidate, Math.max(leastName, width - 24));
  const name = candidate === baseline ? `${short} against itself` : short;
  if (speed === null) return `${name}: ✕ NOT MEASURED.`;
  const verdict = speed.adjusted?.verdict ?? speed.verdict;
  const times = describeReading(speed.speedup);
  const evidence = [...describeQuality(quality), ...describeSize(result)];
  if (findings.some(isInvalid)) return `${name}: □ NO VERDICT; measured ${[times, ...evidence].join(', ')}.`;
  const claim = verdict === 'SAME' ? `the SAME within ${formatQuantity(speed.margin, 'ratio').text}` : verdict;
  const parts = [`${shapes[verdict]} ${name} is ${claim}: ${times}`, ...evidence];
  return `${parts.join(', ')}.${describeSettling(speed)}`;
}

function describeSize({ baseline, candidate }: ComparisonResult): string[] {
  const ratio = baseline.sizeBytes / candidate.sizeBytes;
  if (ratio > 0.98 && ratio < 1.02) return [];
  return [ratio > 1 ? `${ratio.toFixed(1)}× smaller` : `${(1 / ratio).toFixed(1)}× larger`];
}

function describeSettling({ verdict, toSettle, stopped, adjusted }: Speed): string {
  if (adjusted !== null && adjusted.verdict !== verdict) {
    return ` By itself it would be ${verdict}; over ${adjusted.comparisons} comparisons a difference of this size may be chance.`;
  }
  if (verdict !== 'AMBIGUOUS') return '';
  const ended = stopped === 'time-limit' ? ' The time was over before it was settled' : ' It was stopped';
  return toSettle === null
    ? `${ended}; the difference is too near to the margin for any number of pairs.`
    : `${ended}; ${formatCount(toSettle.pairs)} more pairs (${formatDuration(toSettle.durationS)}) would probably settle it.`;
}

function listCosts({ baseline, candidate }: ComparisonResult): Cell[][] {
  const both = (left: number, right: number): string =>
    `${formatQuantity(left, 'B').text} → ${formatQuantity(right, 'B').text}`;
  return [
    factRow('size', `${both(baseline.sizeBytes, candidate.sizeBytes)}, baseline → candidate`),
    ...(baseline.peakRssBytes === null || candidate.peakRssBytes === null
      ? []
      : [factRow('peak memory', both(baseline.peakRssBytes, candidate.peakRssBytes))]),
  ];
}

function listEvidence({
  pairs,
  queriesPerBlock,
  pairing,
  pairingReason,
  durationS,
  adjusted,
  stopped,
}: Speed): Cell[][] {
  const { baseline, candidate } = queriesPerBlock;
  const how = pairing === 'resident' ? 'both sessions resident' : 'a process of each';
  const parts = [
    `${formatCount(pairs)} pairs of ${formatCount(baseline)} and ${formatCount(candidate)} queries`,
    how,
    formatDuration(durationS),
    stopped === 'settled' ? 'settled' : stopped === 'cancelled' ? 'cancelled' : 'time limit',
  ];
  return [
    factRow('evidence', parts.join(', ')),
    ...(pairingReason === null ? [] : [factRow('pairing', pairingReason)]),
    ...(adjusted === null
      ? []
      : [factRow('adjusted', `p ${adjusted.pValue.toPrecision(2)} over ${adjusted.comparisons} comparisons`)]),
  ];
}

/** Two stored results: never called paired. */
export function printStoredRatio(terminal: Terminal, ratio: StoredRatio): void {
  const { baseline, candidate, verdict, speedup, remarks } = ratio;
  const name = toShortName(candidate.model);
  const sentence = `${shapes[verdict]} ${name} (${candidate.cellId}) is ${verdict}, not paired: ${describeReading(speedup)}.`;
  terminal.print('', ...wrap(sentence, terminal.width).map((line) => terminal.paint('strong', line)));
  terminal.print(
    ...printColumns(terminal, readingColumns, [
      readingRow('speed-up', speedup),
      readingRow('latency, baseline', baseline.latency),
      readingRow('latency, candidate', candidate.latency),
    ]),
    ...printColumns(
      terminal,
      [{}, {}],
      remarks.map((remark): Cell[] => [{ text: '△', style: 'caution' }, remark]),
    ),
  );
}
