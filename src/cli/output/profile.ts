import { toTypable, type CommandLine } from '../../shared/command.ts';
import type {
  ComparedPart,
  ProfileComparison,
  ProfileNode,
  ProfileOperator,
  ProfilePlan,
  ProfileRecord,
  QueryParts,
} from '../../shared/domain/profile.ts';
import type { Observed, Reading } from '../../shared/domain/provenance.ts';
import { describeShapes, joinShapes, shortOperator, shortProvider } from '../../shared/profile-operators.ts';
import { formatCount, formatMissing, formatQuantity, formatTime } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import { joinSentences } from './facts.ts';
import { printFindings, readingRow, toShortName } from './results.ts';
import { printRoofline } from './roofline.ts';
import type { Terminal } from './terminal.ts';

const shownOperators = 20;
const shownShapes = 10;
const shownRows = 20;
const barWidth = 12;

/** One profile: where it ran, what a query is made of, its operators, how near it comes to the machine, and findings. */
export function printProfile(
  terminal: Terminal,
  record: ProfileRecord,
  commandLine: CommandLine | null,
  { nodes }: { nodes: boolean },
): void {
  const { plan, label, provenance, findings, createdAt, id, cellId } = record;
  const heading = [describePlan(plan), label, provenance.runtime.device].filter((part) => part !== null).join(' · ');
  terminal.print('', terminal.paint('strong', heading));
  terminal.print(
    ...printColumns(
      terminal,
      [{}, {}, { dropOrder: 1 }, {}, { dropOrder: 2 }],
      [
        ...listParts(record.parts),
        readingRow('profiler overhead', record.passes.overhead),
        ...record.placement.providers.map(({ provider, nodes: count, share }) =>
          factRow('placement', `${percent(share)} of the time in ${nodeCount(count)} of ${provider}`),
        ),
        ...(record.placement.memcpyNodes === 0
          ? []
          : [factRow('copies', `${nodeCount(record.placement.memcpyNodes)} between host and device`)]),
      ],
    ),
  );
  printOperators(terminal, record);
  if (nodes) printNodes(terminal, record.nodes);
  printRoofline(terminal, record.roofline);
  if (findings.length > 0) terminal.print('');
  printFindings(terminal, findings);
  const where = [formatTime(createdAt), ...(cellId === null ? [] : [cellId]), id];
  terminal.print('', terminal.paint('muted', where.join(' · ')));
  if (commandLine !== null) terminal.print(terminal.paint('muted', `$ ${toTypable(provenance.command, commandLine)}`));
}

function describePlan({ model, batch, threads, dims }: ProfilePlan): string {
  return [
    toShortName(model),
    `batch ${batch}`,
    ...(threads === 0 ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    ...Object.entries(dims).map(([name, size]) => `${name}=${size}`),
  ].join(' · ');
}

function percent(share: number): string {
  return formatQuantity(share, 'ratio').text;
}

function nodeCount(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'node' : 'nodes'}`;
}

function factRow(label: string, text: string): Cell[] {
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}

function listParts({ hostToHost, copyIn, compute, copyOut, enqueue }: QueryParts): Cell[][] {
  const row = (name: string, part: Observed<Reading>): Cell[] =>
    part.status === 'present'
      ? readingRow(name, part.value)
      : factRow(name, formatMissing(joinSentences(part.reason, part.remedy)));
  return [
    readingRow('host to host', hostToHost),
    row('copy in', copyIn),
    row('compute', compute),
    row('copy out', copyOut),
    ...(enqueue.status === 'present' ? [readingRow('enqueue', enqueue.value)] : []),
  ];
}

/** A share as a bar of whole and eighth blocks. */
function toBar(share: number, width = barWidth): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const rest = eighths % 8;
  const part = rest === 0 ? '' : String.fromCodePoint(0x2590 - rest);
  // What is there at all shows.
  return '█'.repeat(Math.floor(eighths / 8)) + (eighths === 0 && share > 0 ? '▏' : part);
}

/** Kinds of operators over all shapes, then the shapes that take most. */
function printOperators(terminal: Terminal, { operators, nodes }: ProfileRecord): void {
  const kinds = joinShapes(operators);
  const several = new Set(operators.map(({ provider }) => provider)).size > 1;
  const heading = `${terminal.paint('strong', 'Operators')}  ${terminal.paint('muted', describeNodes(nodes))}`;
  const columns = [
    { title: 'operator', shrinks: true },
    { title: '', dropOrder: 3 },
    { title: 'share' },
    { title: 'time', dropOrder: 1 },
    { title: 'nodes', align: 'right' as const },
    { title: several ? 'provider' : 'computes on', dropOrder: 2 },
  ];
  const rows = kinds
    .slice(0, shownOperators)
    .map((one): Cell[] => [
      shortOperator(one.operator),
      { text: toBar(one.share), style: 'accent' },
      { number: formatQuantity(one.share, 'ratio') },
      { number: formatQuantity(one.timeNs, 'ns'), style: 'muted' },
      { text: formatCount(one.nodes.length), style: 'muted' },
      { text: several ? shortProvider(one.provider) : one.class, style: 'muted' },
    ]);
  terminal.print(
    '',
    heading,
    ...printColumns(terminal, columns, rows),
    ...describeRest(terminal, kinds, shownOperators),
  );

  if (operators.length === kinds.length && operators.length <= 1) return;
  const shapes = operators
    .slice(0, shownShapes)
    .map((one): Cell[] => [
      shortOperator(one.operator),
      { number: formatQuantity(one.share, 'ratio') },
      { number: formatQuantity(one.timeNs, 'ns'), style: 'muted' },
      { text: formatCount(one.nodes.length), style: 'muted' },
      { text: describeShapes(one), style: 'muted' },
    ]);
  const shapeColumns = [
    { title: 'operator', shrinks: true },
    { title: 'share' },
    { title: 'time', dropOrder: 2 },
    { title: 'nodes', align: 'right' as const, dropOrder: 1 },
    { title: 'first input → first output' },
  ];
  terminal.print(
    '',
    terminal.paint('strong', 'By shape'),
    ...printColumns(terminal, shapeColumns, shapes),
    ...describeRest(terminal, operators, shownShapes),
  );
}

function describeRest(
  terminal: Terminal,
  operators: readonly Pick<ProfileOperator, 'share'>[],
  shown: number,
): string[] {
  const rest = operators.slice(shown);
  if (rest.length === 0) return [];
  const share = rest.reduce((sum, one) => sum + one.share, 0);
  return [terminal.paint('muted', `  and ${formatCount(rest.length)} more with ${percent(share)} of the time`)];
}

function describeNodes(nodes: readonly ProfileNode[]): string {
  const added = nodes.filter(({ source }) => source === null).length;
  return [
    `${nodeCount(nodes.length)} as they ran, with the profiler`,
    ...(added === 0 ? [] : [`${formatCount(added)} that the runtime added`]),
  ].join(' · ');
}

function printNodes(terminal: Terminal, nodes: readonly ProfileNode[]): void {
  const rows = nodes
    .toSorted((left, right) => right.share - left.share)
    .map(({ name, operator, source, share, timeNs, clock }): Cell[] => [
      source?.node ?? name,
      shortOperator(operator),
      { number: formatQuantity(share, 'ratio') },
      { number: formatQuantity(timeNs, 'ns'), style: 'muted' },
      { text: clock, style: 'muted' },
      { text: source === null ? 'added by the runtime' : '', style: 'muted' },
    ]);
  const columns = [
    { title: 'node', shrinks: true },
    { title: 'operator', shrinks: true },
    { title: 'share' },
    { title: 'time' },
    { title: 'clock', dropOrder: 1 },
    { title: '', dropOrder: 2 },
  ];
  terminal.print('', terminal.paint('strong', 'Nodes'), ...printColumns(terminal, columns, rows));
}

/** Two profiles side by side, the largest difference first. */
export function printProfileComparison(terminal: Terminal, comparison: ProfileComparison): void {
  const { baseline, candidate, rows, matchedBy, remarks } = comparison;
  const names = [toShortName(baseline.plan.model), toShortName(candidate.plan.model)] as const;
  const by = matchedBy === 'node' ? 'matched by the nodes of the model' : 'matched by kind of operator';
  const heading = `${terminal.paint('strong', `${names[0]} against ${names[1]}`)}  ${terminal.paint('muted', by)}`;
  const shown = rows.slice(0, shownRows);
  const cells = shown.map((row): Cell[] => [
    row.key,
    timeCell(row.baseline),
    timeCell(row.candidate),
    { number: formatQuantity(row.differenceNs, 'ns'), style: row.differenceNs > 0 ? 'caution' : 'good' },
    { text: describeOperators(row.baseline, row.candidate), style: 'muted' },
  ]);
  const columns = [
    { title: matchedBy, shrinks: true },
    { title: names[0] === names[1] ? 'baseline' : names[0] },
    { title: names[0] === names[1] ? 'candidate' : names[1] },
    { title: 'difference' },
    { title: 'operators', dropOrder: 1 },
  ];
  terminal.print('', heading, ...printColumns(terminal, columns, cells));
  if (rows.length > shown.length)
    terminal.print(terminal.paint('muted', `  and ${formatCount(rows.length - shown.length)} smaller differences`));
  terminal.print(terminal.paint('muted', '  Times are shares of the time without the profiler.'));
  terminal.print(
    ...printColumns(
      terminal,
      [{}, {}],
      remarks.map((remark): Cell[] => [{ text: '△', style: 'caution' }, remark]),
    ),
  );
}

function timeCell(part: ComparedPart): Cell {
  return part === null ? { text: 'none', style: 'muted' } : { number: formatQuantity(part.attributedNs, 'ns') };
}

function describeOperators(baseline: ComparedPart, candidate: ComparedPart): string {
  const [before, after] = [baseline, candidate].map((part) => part?.operators.join(', ') ?? 'none');
  return before === after ? (before ?? '') : `${before} → ${after}`;
}
