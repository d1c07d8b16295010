import type { Finding, Measurement, Percentile, Validity } from '../../shared/domain/measurement.ts';
import { grades } from '../../shared/domain/grades.ts';
import type { CellConfig, GradeId } from '../../shared/domain/plan.ts';
import type { Kind, Reading } from '../../shared/domain/provenance.ts';
import type { CellOutcome, CellRecord } from '../../shared/domain/run.ts';
import { labelProvider } from '../../shared/placement-label.ts';
import { formatCount, formatQuantity, formatReading, kindShapes, verdictShapes } from '../../shared/units.ts';
import { printColumns, type Cell, type Column } from './columns.ts';
import { listEvidence } from './evidence.ts';
import { describeScenario, hasRate, latencyName, scenarioRows } from './scenario-rows.ts';
import { describeLoad, serverRows } from './server-load.ts';
import type { Style, Terminal } from './terminal.ts';

type Verdict = Validity['verdict'];

const verdictStyles: Readonly<Record<Verdict, Style>> = {
  VALID: 'good',
  'VALID WITH REMARKS': 'caution',
  INVALID: 'bad',
};

/** Stages of a measurement as they are told while they last. */
export const stageNames = {
  start: 'starting',
  session: 'creating the session',
  first: 'first inference',
  'warm-up': 'warming up',
  measured: 'measuring',
  checks: 'checking',
} as const;

/** Label, value, interval, kind, observations: the parts of a Reading in one line. */
const readingColumns: readonly Column[] = [{}, {}, { dropOrder: 1 }, {}, { dropOrder: 2 }];

/** What is measured, in one line: "resnet50 · cpu · batch 4 · 2 threads · offline". */
export function describeConfig(config: CellConfig): string {
  const { model, provider, device, batch, threads, scenario, dims } = config;
  return [
    toShortName(model),
    provider,
    ...(device === undefined ? [] : [`device ${device}`]),
    `batch ${batch}`,
    ...(threads === 0 ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    ...Object.entries(dims).map(([name, size]) => `${name}=${size}`),
    scenario,
    ...describeScenario(config),
    ...describeLoad(config),
  ].join(' · ');
}

/** A path is told by its file name; the whole of it is in the provenance. */
export function toShortName(model: string): string {
  return model.split(/[/\\]/).at(-1) ?? model;
}

export function verdictCell(verdict: Verdict): Extract<Cell, { text: string }> {
  return { text: `${verdictShapes[verdict]} ${verdict}`, style: verdictStyles[verdict] };
}

export function kindCell(kind: Kind): Cell {
  return { text: `${kindShapes[kind]} ${kind}`, style: 'muted' };
}

/** One configuration: what it was, how it ended, its readings, and what is to be known about them. */
export function printResult(terminal: Terminal, { config, outcome, provenance }: CellRecord, grade: GradeId): void {
  terminal.print('', terminal.paint('strong', describeConfig(config)));
  switch (outcome.state) {
    case 'completed': {
      const { text, style = 'plain' } = verdictCell(outcome.validity.verdict);
      terminal.print(`  ${terminal.paint(style, text)}  ${terminal.paint('muted', describeGrade(grade))}`);
      const readings = listReadings(config, outcome.measurement);
      const evidence = listEvidence(outcome.measurement, provenance);
      terminal.print(...printColumns(terminal, readingColumns, [...readings, ...evidence]));
      printFindings(terminal, outcome.validity.findings);
      return;
    }
    case 'pending':
    case 'running':
      terminal.print(`  ${terminal.paint('muted', `… ${outcome.state}`)}`);
      return;
    default: {
      const { word, reason, remedy } = describeFailure(outcome);
      const mark = outcome.state === 'skipped' ? '–' : '✕';
      const rows: Cell[][] = [
        [{ text: `${mark} ${word}`, style: outcome.state === 'skipped' ? 'muted' : 'bad' }, reason],
      ];
      if (remedy !== null) rows.push(['', { text: `→ ${remedy}`, style: 'accent' }]);
      terminal.print(...printColumns(terminal, [{}, {}], rows));
    }
  }
}

/** What results of a grade are good for: "exploratory, quick grade". */
function describeGrade(grade: GradeId): string {
  const { label } = grades[grade];
  return `${label === grade ? '' : `${label}, `}${grade} grade`;
}

/** Several configurations side by side, one line each, the number that the scenario is about first. */
export function printOverview(
  terminal: Terminal,
  cells: readonly CellRecord[],
  grade: GradeId,
  title = 'All configurations',
): void {
  const isOffline = cells.some(({ config }) => config.scenario === 'offline');
  const isVaried = cells.some(({ config }) => describeScenario(config).length > 0);
  const withRate = cells.some(({ config }) => hasRate(config));
  const rows = cells.map(({ config, outcome }): Cell[] => {
    const head: Cell[] = [
      toShortName(config.model),
      labelProvider(config.provider, outcome.state === 'completed' ? outcome.measurement.placement : undefined),
      config.threads === 0 ? 'auto' : String(config.threads),
      String(config.batch),
      ...(isVaried ? [describeScenario(config).join(', ')] : []),
    ];
    if (outcome.state !== 'completed') return [...head, { text: `✕ ${outcome.state}`, style: 'bad' }];
    const { percentiles, throughput } = outcome.measurement.summary;
    const median = percentiles.find((one) => one.percentile === 50);
    const latency = overviewCells(median?.status === 'earned' ? median.reading : null, 'not earned');
    const tail = percentiles.find((one) => one.percentile === 90);
    const rate = withRate
      ? overviewCells(throughput, 'too few queries')
      : overviewCells(tail?.status === 'earned' ? tail.reading : null, 'not earned');
    const readings = isOffline ? [...rate, ...latency] : [...latency, ...rate];
    return [...head, ...readings, verdictCell(outcome.validity.verdict)];
  });
  const name = cells[0] === undefined ? 'latency' : latencyName(cells[0].config);
  const other = withRate ? 'throughput' : `p90 ${name}`;
  const [first, second] = isOffline ? [other, `p50 ${name}`] : [`p50 ${name}`, other];
  const columns: Column[] = [
    { title: 'model', shrinks: true },
    { title: 'provider', dropOrder: 3 },
    { title: 'threads', align: 'right', dropOrder: 4 },
    { title: 'batch', align: 'right' },
    ...(isVaried ? [{ title: 'scenario' }] : []),
    { title: first },
    { title: '95 % interval', dropOrder: 1 },
    { title: second, dropOrder: 2 },
    { title: '95 % interval', dropOrder: 5 },
    { title: 'verdict' },
  ];
  const heading = `${terminal.paint('strong', title)}  ${terminal.paint('muted', describeGrade(grade))}`;
  terminal.print('', heading, ...printColumns(terminal, columns, rows));
}

/** A reading and its interval, or the words that stand in their place. */
function overviewCells(reading: Reading | null, otherwise: string): Cell[] {
  if (reading === null) return [{ text: otherwise, style: 'muted' }, ''];
  const number = formatReading(reading);
  return [{ number }, { text: number.interval ?? '', style: 'muted' }];
}

function listReadings(config: CellConfig, measurement: Measurement): Cell[][] {
  const { summary, stages, accuracy, expectedOutputs, betweenProcessSpread, placement } = measurement;
  const latency = [
    ...summary.percentiles.map((one) => percentileRow(`p${one.percentile} ${latencyName(config)}`, one)),
    ...(summary.latencyMeanNs === null ? [] : [readingRow(`mean ${latencyName(config)}`, summary.latencyMeanNs)]),
  ];
  const throughput: Cell[][] = !hasRate(config)
    ? []
    : summary.throughput === null
      ? [
          [
            { text: 'throughput', style: 'muted' },
            { text: 'not available: too few queries', style: 'muted' },
          ],
        ]
      : [readingRow('throughput', summary.throughput)];
  const measured = (label: string, value: number, unit: Reading['unit']): Cell[] =>
    readingRow(label, { value, unit, kind: 'measured', interval: null, n: null });
  return [
    ...(config.scenario === 'offline' ? [...throughput, ...latency] : [...latency, ...throughput]),
    ...scenarioRows(measurement, { reading: readingRow, percentile: percentileRow }),
    ...(measurement.server === undefined ? [] : serverRows(measurement.server, percentileRow)),
    ...(accuracy === null ? [] : [readingRow('accuracy', accuracy.reading)]),
    ...(expectedOutputs?.maxRelativeError == null
      ? []
      : [measured('output error', expectedOutputs.maxRelativeError, 'ratio')]),
    ...(placement?.status === 'present' ? [measured('time on device', placement.value.deviceShare, 'ratio')] : []),
    ...(betweenProcessSpread === null ? [] : [measured('process spread', betweenProcessSpread, 'ratio')]),
    ...(measurement.coldStart !== undefined
      ? []
      : [
          measured('session start', stages.sessionCreationNs, 'ns'),
          measured('first run', stages.firstInferenceNs, 'ns'),
          measured('warm-up', stages.warmUp.durationNs, 'ns'),
        ]),
  ];
}

function percentileRow(label: string, percentile: Percentile): Cell[] {
  if (percentile.status === 'earned') return readingRow(label, percentile.reading);
  const text = `not earned: ${formatCount(percentile.neededN)} independent queries needed, ${formatCount(percentile.n)} measured`;
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}

/** Label, value, interval, kind and observations of a reading. */
export function readingRow(label: string, reading: Reading): Cell[] {
  const number = formatReading(reading);
  return [
    { text: label, style: 'muted' },
    { number },
    { text: number.interval ?? '', style: 'muted' },
    kindCell(reading.kind),
    { text: reading.n === null ? '' : `n ${formatCount(reading.n)}`, style: 'muted' },
  ];
}

/** Each finding with its remedy below it. */
export function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const rows = findings.flatMap(({ severity, reason, remedy }): Cell[][] => [
    [severity === 'invalid' ? { text: '□', style: 'bad' } : { text: '△', style: 'caution' }, reason],
    ['', { text: `→ ${remedy}`, style: 'accent' }],
  ]);
  terminal.print(...printColumns(terminal, [{}, {}], rows));
}

/** Why a configuration has no result, and what to do. */
function describeFailure(outcome: Exclude<CellOutcome, { state: 'completed' | 'pending' | 'running' }>): {
  word: string;
  reason: string;
  remedy: string | null;
} {
  switch (outcome.state) {
    case 'failed':
      return { word: 'FAILED', reason: outcome.failure.message, remedy: outcome.failure.remedy };
    case 'crashed': {
      const { exitCode, signal, stderrTail } = outcome.exit;
      const how = signal ?? (exitCode === null ? 'without an exit code' : `exit code ${exitCode}`);
      const last = stderrTail.trim().split('\n').at(-1) ?? '';
      return {
        word: 'CRASHED',
        reason: `The engine ended while ${stageName(outcome.stage)} (${how}).${last === '' ? '' : ` ${last}`} ${keptText(outcome)}`,
        remedy: 'Try a smaller batch or another provider; the samples until then can be exported.',
      };
    }
    case 'timed-out':
      return {
        word: 'TIMED OUT',
        reason: `${outcome.limit === 'task' ? 'It was not done after' : 'Nothing was heard for'} ${formatQuantity(outcome.deadlineS * 1e9, 'ns').text} while ${stageName(outcome.stage)}. ${keptText(outcome)}`,
        remedy: 'Try a smaller model or batch.',
      };
    case 'skipped':
      return { word: 'LEFT OUT', reason: outcome.reason, remedy: outcome.remedy };
    case 'cancelled':
      return {
        word: 'CANCELLED',
        reason: `Stopped while ${stageName(outcome.stage)}. ${keptText(outcome)}`,
        remedy: null,
      };
  }
}

/** A stored stage may come from another version. */
function stageName(stage: string): string {
  return Object.entries(stageNames).find(([id]) => id === stage)?.[1] ?? stage;
}

function keptText({ keptSamples }: { keptSamples: number }): string {
  return keptSamples === 0 ? 'No query had been measured.' : `${formatCount(keptSamples)} queries are kept.`;
}
