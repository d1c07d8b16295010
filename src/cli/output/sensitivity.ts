import type { Loss, LossMeasure, NodeSensitivity, Sensitivity } from '../../shared/domain/sensitivity.ts';
import { formatCount, formatDuration, formatQuantity, formatReading, kindShapes } from '../../shared/units.ts';
import { printColumns } from './columns.ts';
import { printFacts, type Fact } from './facts.ts';
import type { Terminal } from './terminal.ts';

/** Nodes that are printed; the document has all of them. */
const mostNodes = 12;

const measures: Readonly<Record<LossMeasure, string>> = {
  accuracy: 'fall of accuracy',
  'top-1': 'samples whose largest score is another',
  error: 'centred relative error of the outputs',
};

/** Prints what quantization costs, which nodes were left for it, and which cost most. */
export function printSensitivity(terminal: Terminal, sensitivity: Sensitivity): void {
  const { measure, bound, evaluation, voidReason, all, reached, excluded, scan, modelsTried } = sensitivity;
  const facts: Fact[] = [
    ['judged by', `${measures[measure]}, ${evaluation.description}`],
    ...(voidReason === null ? [] : [['void', { text: `${voidReason}.`, style: 'caution' }] as const]),
    ['all nodes', describeLoss(all)],
    ...(bound === null ? [] : [['bound', formatQuantity(bound, 'ratio').text] as const]),
    ...(excluded.length === 0
      ? []
      : [['left', excluded.join(', ')] as const, ['with these left', describeLoss(reached)] as const]),
    ...(bound !== null && excluded.length === 0 ? [['left', 'nothing: the bound is met as it is'] as const] : []),
    [
      'tried',
      `${formatCount(modelsTried)} ${modelsTried === 1 ? 'variant' : 'variants'} in ${formatDuration(sensitivity.durationS)}`,
    ],
    ...sensitivity.remarks.map((remark, index): Fact => [index === 0 ? 'remarks' : '', remark]),
  ];
  printFacts(terminal, 'Quality', facts);
  if (scan !== null) printNodes(terminal, scan.nodes, measure, scan.samples);
}

function printNodes(
  terminal: Terminal,
  nodes: readonly NodeSensitivity[],
  measure: LossMeasure,
  samples: number,
): void {
  const shown = nodes.slice(0, mostNodes);
  terminal.print('', terminal.paint('strong', `What a node costs alone, ${formatCount(samples)} samples`));
  const isOther = measure !== 'error';
  const rows = shown.map(({ node, operator, error, loss }) => [
    node,
    { text: operator, style: 'muted' as const },
    error === null ? 'not finite' : { number: formatQuantity(error, 'ratio') },
    ...(isOther ? [loss === null ? '' : { number: formatQuantity(loss, 'ratio') }] : []),
  ]);
  const columns = [
    { title: 'node', shrinks: true },
    { title: 'operator', dropOrder: 1 },
    { title: 'error', align: 'right' as const },
    ...(isOther ? [{ title: measure === 'accuracy' ? 'fall' : 'other', align: 'right' as const }] : []),
  ];
  terminal.print(...printColumns(terminal, columns, rows));
  if (nodes.length > shown.length) {
    terminal.print(
      terminal.paint('muted', `  and ${formatCount(nodes.length - shown.length)} that cost less; --json has all`),
    );
  }
}

const measured = `${kindShapes.measured} measured`;

function describeLoss({ loss, error, accuracy }: Loss): string {
  if (loss === null) return 'outputs that are not finite';
  const { text, interval: bounds } = formatReading(loss);
  const interval = bounds === null ? '' : ` (${bounds})`;
  if (accuracy !== null) {
    const [source, variant] = [accuracy.source.value, accuracy.variant.value].map(
      (one) => formatQuantity(one, 'ratio').text,
    );
    return `accuracy ${source} before, ${variant} after, fall ${text}${interval}  ${measured}`;
  }
  const also = error === null || loss.value === error ? '' : `, relative error ${formatQuantity(error, 'ratio').text}`;
  return `${text}${interval}${also}  ${measured}`;
}
