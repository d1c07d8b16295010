import { invocation } from '../../core/invocation.ts';
import { toTypable, type CommandLine } from '../../shared/command.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import type { CellRecord, RunRecord } from '../../shared/domain/run.ts';
import { readThroughput } from '../../shared/matrix/merit.ts';
import { toCostOfThousand, type Confirmed, type Tuning } from '../../shared/matrix/tuning.ts';
import { formatQuantity, formatReading } from '../../shared/units.ts';
import { printColumns, type Cell, type Column } from './columns.ts';
import type { TuneData } from './documents.ts';
import { readingRow, toShortName, verdictCell } from './results.ts';
import { wrap, type Terminal } from './terminal.ts';

interface TunedRun {
  run: RunRecord;
  cells: readonly CellRecord[];
  tuning: Tuning;
  pricePerHour: number | null;
  commandLine: CommandLine | null;
}

const objectiveWords: Readonly<Record<Tuning['objective'], string>> = {
  throughput: 'throughput',
  latency: 'latency',
  cost: 'throughput, by which the cost falls',
  energy: 'energy per prediction',
};

/** One configuration as soon as it was tried or measured in full. */
export function printTrial(terminal: Terminal, { config, outcome }: CellRecord, plan: Plan): void {
  const isTrial = config.trial?.purpose === 'search';
  const word = isTrial ? 'tried' : 'measured in full';
  const head = `${word}: ${describeCandidate(config, plan)}`;
  if (outcome.state !== 'completed') {
    terminal.print(`${head}  ${terminal.paint('muted', outcome.state === 'skipped' ? 'left out' : outcome.state)}`);
    return;
  }
  const throughput = readThroughput(outcome.measurement);
  const latencyNs = outcome.measurement.summary.latencyMeanNs?.value ?? null;
  const parts = [
    ...(throughput === null ? [] : [formatReading(throughput).text]),
    ...(latencyNs === null ? [] : [`mean ${formatQuantity(latencyNs, 'ns').text}`]),
  ];
  terminal.print(`${head}  ${terminal.paint('muted', parts.join(', '))}`);
}

/** What was tried, the winner with its interval, what it gains over the defaults, and the command that repeats it. */
export function printTuning(terminal: Terminal, tuned: TunedRun): void {
  const { run, tuning } = tuned;
  const { objective, serviceLevel, tried, candidates, trials, confirmed } = tuning;
  const level = serviceLevel === null ? '' : `, p${serviceLevel.percentile} within ${serviceLevel.latencyMs} ms`;
  terminal.print(
    '',
    `${terminal.paint('strong', 'Search')}  ${terminal.paint('muted', `${objectiveWords[objective]}${level}: ${tried} of ${candidates} candidates tried in ${trials} trials`)}`,
  );
  if (confirmed.length > 0) {
    const rows = confirmed.map((one) => toConfirmedRow(one, tuning, run.plan));
    terminal.print(
      '',
      terminal.paint('strong', 'Measured in full'),
      ...printColumns(terminal, confirmedColumns(tuning), rows),
    );
  }
  printAnswer(terminal, tuned);
  const again = run.state === 'completed' ? `results show ${run.id}` : `tune --resume ${run.id}`;
  terminal.print('', `Run ${run.id} is ${run.state}.`, terminal.paint('muted', `$ ${invocation} ${again}`));
}

function confirmedColumns({ objective, serviceLevel }: Tuning): Column[] {
  const merit = objective === 'cost' ? 'throughput' : objective;
  return [
    { title: 'configuration', shrinks: true },
    { title: merit },
    { title: '95 % interval', dropOrder: 1 },
    ...(serviceLevel === null ? [] : [{ title: 'limit' }]),
    { title: 'verdict' },
  ];
}

function toConfirmedRow({ cell, merit, level }: Confirmed, { serviceLevel, defaults }: Tuning, plan: Plan): Cell[] {
  const { config, outcome } = cell;
  const name = `${describeCandidate(config, plan)}${cell.id === defaults?.cell.id ? ' (defaults)' : ''}`;
  if (outcome.state !== 'completed') return [name, { text: `✕ ${outcome.state}`, style: 'bad' }];
  const number = merit === null ? null : formatReading(merit);
  return [
    name,
    number === null ? { text: 'not available', style: 'muted' } : { number },
    { text: number?.interval ?? '', style: 'muted' },
    ...(serviceLevel === null ? [] : [levelCell(level)]),
    verdictCell(outcome.validity.verdict),
  ];
}

function levelCell(level: Confirmed['level']): Cell {
  switch (level) {
    case 'keeps':
      return { text: '✓ kept', style: 'good' };
    case 'misses':
      return { text: '✕ missed', style: 'bad' };
    case 'open':
    case 'unearned':
      return { text: '△ not proved', style: 'caution' };
    case null:
      return '';
  }
}

function printAnswer(terminal: Terminal, { run, tuning, pricePerHour, commandLine }: TunedRun): void {
  const { winner, defaults, gain, objective } = tuning;
  const say = (text: string): void => terminal.print(...wrap(text, terminal.width));
  terminal.print('');
  if (winner?.merit == null) {
    if (run.state === 'completed')
      say('No configuration could be confirmed: none of those measured in full is valid and keeps the limit.');
    return;
  }
  terminal.print(
    `${terminal.paint('strong', 'Winner')}  ${terminal.paint('good', describeCandidate(winner.cell.config, run.plan))}`,
  );
  const cost = toCostOfThousand(winner.merit, objective, pricePerHour);
  const rows = [
    readingRow(objective === 'cost' ? 'throughput' : objective, winner.merit),
    ...(gain === null ? [] : [readingRow('gain over defaults', gain)]),
  ];
  terminal.print(...printColumns(terminal, [{}, {}, { dropOrder: 1 }, {}, { dropOrder: 2 }], rows));
  if (winner.cell.id === defaults?.cell.id) say('The defaults of ONNX Runtime are the best of what was tried.');
  else if (gain !== null) say(describeGain(gain));
  if (cost !== null) say(describeCost(cost, pricePerHour ?? 0));
  else if (objective === 'cost') {
    say('Without --price-per-hour: on one machine the cost of a prediction is proportional to 1 / throughput.');
  }
  const { provenance } = winner.cell;
  if (provenance !== null && commandLine !== null) {
    terminal.print(terminal.paint('muted', `$ ${toTypable(provenance.command, commandLine)}`));
  }
}

function describeGain({ interval }: Reading): string {
  if (interval?.low == null || interval.high === null)
    return 'Whether that is a gain cannot be told from so few processes.';
  if (interval.low > 1) return 'It is better than the defaults of ONNX Runtime.';
  return 'A gain over the defaults of ONNX Runtime is not shown: the interval contains none.';
}

function describeCost(
  { value, low, high }: NonNullable<ReturnType<typeof toCostOfThousand>>,
  pricePerHour: number,
): string {
  const write = (amount: number): string => new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(amount);
  const interval = low === null || high === null ? '' : ` (95 %: ${write(low)} to ${write(high)})`;
  return `1,000 predictions cost ${write(value)}${interval} in the currency of the price, at ${write(pricePerHour)} an hour and with the machine always busy.`;
}

/** "resnet50 · cpu · batch 8 · 2 threads · 2 instances"; model and provider only where there are several. */
function describeCandidate({ model, provider, batch, threads, instances = 1 }: CellConfig, plan: Plan): string {
  return [
    ...(plan.models.length > 1 ? [toShortName(model)] : []),
    ...(plan.providers.length > 1 ? [provider] : []),
    `batch ${batch}`,
    threads === 0 ? 'auto threads' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ...(instances === 1 ? [] : [`${instances} instances`]),
  ].join(' · ');
}

/** The part of the JSON document that says what the search found. */
export function toTuningDocument(tuning: Tuning, pricePerHour: number | null): TuneData['tuning'] {
  const { objective, serviceLevel, candidates, tried, trials, winner, defaults, gain } = tuning;
  const cost = winner?.merit == null ? null : toCostOfThousand(winner.merit, objective, pricePerHour);
  return {
    objective,
    serviceLevel,
    candidates,
    tried,
    trials,
    winner: winner?.cell.id ?? null,
    merit: winner?.merit ?? null,
    defaults: defaults?.cell.id ?? null,
    gain,
    costOfThousand: cost === null || pricePerHour === null ? null : { ...cost, pricePerHour },
    command: winner?.cell.provenance?.command ?? null,
  };
}
