import { describeSides } from '../../shared/comparison.ts';
import { toTypable, type CommandLine } from '../../shared/command.ts';
import type {
  ComparisonRecord,
  ComparisonResult,
  Kernels,
  Quality,
  Speed,
  SpeedVerdict,
  StoredRatio,
} from '../../shared/domain/comparison.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { formatCount, formatDuration, formatQuantity, formatReading, formatTime } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import { printFindings, readingRow, toShortName } from './results.ts';
import { wrap, type Style, type Terminal } from './terminal.ts';

/** Words first, then shapes: colour comes third. */
const shapes: Readonly<Record<SpeedVerdict, string>> = { FASTER: '▲', SLOWER: '▼', SAME: '=', AMBIGUOUS: '?' };
const styles: Readonly<Record<SpeedVerdict, Style>> = {
  FASTER: 'good',
  SLOWER: 'caution',
  SAME: 'strong',
  AMBIGUOUS: 'muted',
};

export function speedVerdictCell(verdict: SpeedVerdict | null): Extract<Cell, { text: string }> {
  if (verdict === null) return { text: '✕ no result', style: 'bad' };
  return { text: `${shapes[verdict]} ${verdict}`, style: styles[verdict] };
}

/** One comparison: the verdict as a sentence, its readings, kernels, quality, and what is to be known about it. */
export function printComparison(
  terminal: Terminal,
  { id, plan, candidate, createdAt, command, result }: ComparisonRecord,
  commandLine: CommandLine | null,
): void {
  const side = plan.candidates[candidate] ?? plan.baseline;
  const names = describeSides(plan.baseline, side);
  const isVoid = result.findings.some(({ severity }) => severity === 'invalid');
  const sentence = toSentence(names, result);
  terminal.print('', ...wrap(sentence, terminal.width).map((line) => terminal.paint(isVoid ? 'bad' : 'strong', line)));
  const { speed } = result;
  if (speed !== null) {
    terminal.print(
      ...printColumns(
        terminal,
        [{}, {}, { dropOrder: 1 }, {}, { dropOrder: 2 }],
        [
          readingRow('speed-up', speed.speedup),
          readingRow(`latency, ${names[0]}`, speed.latency.baseline),
          readingRow(`latency, ${names[1]}`, speed.latency.candidate),
          ...listQuality(result.quality),
          ...listCosts(names, result),
          ...listEvidence(speed),
        ],
      ),
    );
  }
  printKernels(terminal, names, result);
  printFindings(terminal, result.findings);
  const where = [plan.baseline.provider, `batch ${plan.batch}`, formatTime(createdAt), id];
  terminal.print('', terminal.paint('muted', where.join(' · ')));
  if (commandLine !== null) terminal.print(terminal.paint('muted', `$ ${toTypable(command, commandLine)}`));
}

/** "b is FASTER: 3.02× [2.97, 3.06], top-1 agreement 99.1 %, 4.0× smaller." */
function toSentence([baseline, candidate]: readonly [string, string], result: ComparisonResult): string {
  const { speed, quality } = result;
  if (speed === null) return `${candidate} could not be compared with ${baseline}.`;
  const verdict = speed.adjusted?.verdict ?? speed.verdict;
  const name = candidate === baseline ? `${candidate} against itself` : candidate;
  const isVoid = result.findings.some(({ severity }) => severity === 'invalid');
  const words: Readonly<Record<SpeedVerdict, string>> = {
    FASTER: `${name} is FASTER`,
    SLOWER: `${name} is SLOWER`,
    SAME: `${name} is the SAME within ${percent(speed.margin)}`,
    AMBIGUOUS: `${name} is AMBIGUOUS`,
  };
  const parts = [
    `${isVoid ? 'INVALID, see below: ' : ''}${shapes[verdict]} ${words[verdict]}: ${describeReading(speed.speedup)}`,
    ...describeQuality(quality),
    ...describeSize(result),
  ];
  return `${parts.join(', ')}.${describeSettling(speed)}`;
}

function describeReading(reading: Reading): string {
  const { text, interval } = formatReading(reading);
  return interval === null ? text : `${text} [${interval.replace(' – ', ', ')}]`;
}

function percent(share: number): string {
  return formatQuantity(share, 'ratio').text;
}

function describeQuality(quality: Quality | null): string[] {
  if (quality === null) return [];
  if (quality.voidReason !== null) return ['quality void'];
  if (quality.labelled !== null) {
    const { difference } = quality.labelled;
    return [`accuracy ${difference.value >= 0 ? '+' : ''}${describeReading(difference)}`];
  }
  const [first] = quality.outputs;
  if (first?.top1 != null) return [`top-1 agreement ${describeReading(first.top1)}`];
  return first?.sqnrDb == null ? [] : [`SQNR ${first.sqnrDb.toFixed(1)} dB`];
}

function describeSize({ baseline, candidate }: ComparisonResult): string[] {
  const ratio = baseline.sizeBytes / candidate.sizeBytes;
  if (ratio > 0.98 && ratio < 1.02) return [];
  return [ratio > 1 ? `${ratio.toFixed(1)}× smaller` : `${(1 / ratio).toFixed(1)}× larger`];
}

function describeSettling({ verdict, toSettle, stopped }: Speed): string {
  if (verdict !== 'AMBIGUOUS') return '';
  const ended = stopped === 'time-limit' ? ' The time was over before it was settled' : ' It was stopped';
  return toSettle === null
    ? `${ended}; the difference is too near to the margin for any number of pairs.`
    : `${ended}; ${formatCount(toSettle.pairs)} more pairs (${formatDuration(toSettle.durationS)}) would probably settle it.`;
}

function listQuality(quality: Quality | null): Cell[][] {
  if (quality === null) return [];
  const rows: Cell[][] = [];
  if (quality.labelled !== null) {
    const { baseline, candidate, mcNemarPValue } = quality.labelled;
    rows.push(readingRow('accuracy, baseline', baseline), readingRow('accuracy, candidate', candidate));
    rows.push(factRow('McNemar', `p ${mcNemarPValue.toPrecision(2)}`));
  }
  for (const output of quality.outputs.slice(0, 3)) {
    if (output.top1 !== null) rows.push(readingRow(`top-1, ${output.output}`, output.top1));
    const { centredRelativeError, sqnrDb, maxError, softmaxKl } = output;
    const parts = [
      ...(centredRelativeError === null ? [] : [`centred relative error ${percent(centredRelativeError)}`]),
      ...(sqnrDb === null ? [] : [`SQNR ${sqnrDb.toFixed(1)} dB`]),
      ...(softmaxKl === null ? [] : [`softmax KL ${softmaxKl.toPrecision(2)}`]),
      `largest error ${maxError.toPrecision(2)}`,
    ];
    rows.push(factRow(`agreement, ${output.output}`, parts.join(', ')));
  }
  return rows;
}

function listCosts(names: readonly [string, string], { baseline, candidate }: ComparisonResult): Cell[][] {
  const both = (left: number, right: number): string =>
    `${formatQuantity(left, 'B').text} → ${formatQuantity(right, 'B').text}`;
  return [
    factRow('size', `${both(baseline.sizeBytes, candidate.sizeBytes)} (${names.join(' → ')})`),
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

function factRow(label: string, text: string): Cell[] {
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}

const shownOperators = 6;

function printKernels(terminal: Terminal, names: readonly [string, string], result: ComparisonResult): void {
  const sides = [
    [names[0], result.baseline.kernels],
    [names[1], result.candidate.kernels],
  ] as const;
  for (const [name, kernels] of sides) {
    if (kernels === null) continue;
    terminal.print(
      '',
      `${terminal.paint('strong', `Kernels, ${name}`)}  ${terminal.paint('muted', describeKernels(kernels))}`,
    );
    const rows = kernels.operators
      .slice(0, shownOperators)
      .map(({ operator, nodes, share, class: kind }): Cell[] => [
        operator,
        { number: formatQuantity(share, 'ratio') },
        { text: `${formatCount(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`, style: 'muted' },
        { text: kind, style: 'muted' },
      ]);
    terminal.print(...printColumns(terminal, [{ shrinks: true }, {}, {}, {}], rows));
  }
}

function describeKernels({ provider, fusedNodes, islands, weightConversions }: Kernels): string {
  return [
    provider,
    ...(fusedNodes > 0 ? [`${formatCount(fusedNodes)} fused quantized`] : []),
    ...(islands.length > 0 ? [`${formatCount(islands.length)} float between conversions`] : []),
    ...(weightConversions.length > 0
      ? [`${formatCount(weightConversions.length)} weights converted on every run`]
      : []),
  ].join(' · ');
}

/** Two stored results: never called paired. */
export function printStoredRatio(terminal: Terminal, ratio: StoredRatio): void {
  const { baseline, candidate, verdict, speedup, remarks } = ratio;
  const name = toShortName(candidate.model);
  const sentence = `${shapes[verdict]} ${name} (${candidate.cellId}) is ${verdict}, not paired: ${describeReading(speedup)}.`;
  terminal.print('', ...wrap(sentence, terminal.width).map((line) => terminal.paint('strong', line)));
  terminal.print(
    ...printColumns(
      terminal,
      [{}, {}, { dropOrder: 1 }, {}, { dropOrder: 2 }],
      [
        readingRow('speed-up', speedup),
        readingRow('latency, baseline', baseline.latency),
        readingRow('latency, candidate', candidate.latency),
      ],
    ),
    ...printColumns(
      terminal,
      [{}, {}],
      remarks.map((remark): Cell[] => [{ text: '△', style: 'caution' }, remark]),
    ),
  );
}
