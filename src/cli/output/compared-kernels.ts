import stringWidth from 'string-width';
import type { Kernels } from '../../shared/domain/comparison.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import { printColumns, type Cell, type Column } from './columns.ts';
import { shortenMiddle, wrap, type Terminal } from './terminal.ts';

const shownOperators = 6;
/** Nodes listed by name, those that take most time first. */
const shownNodes = 8;

/** The kernels of one side, most time first, and by name what of them should not be there. */
export function printKernels(terminal: Terminal, name: string, kernels: Kernels): void {
  const { operators, islands, weightConversions } = kernels;
  printHeading(terminal, name, describeKernels(kernels));
  printNodes(
    terminal,
    [{ shrinks: true }, {}, {}, {}],
    operators.map(({ operator, nodes, share, class: kind }) => [
      operator,
      { number: formatQuantity(share, 'ratio') },
      { text: `${formatCount(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`, style: 'muted' },
      { text: kind, style: 'muted' },
    ]),
    { shown: shownOperators, what: 'operators' },
  );
  if (islands.length > 0) {
    terminal.print('  float between conversions, most time first');
    printNodes(
      terminal,
      [{ shrinks: 'middle' }, {}, {}],
      islands
        .toSorted((one, other) => other.share - one.share)
        .map(({ node, operator, share }) => [
          node,
          { number: formatQuantity(share, 'ratio') },
          { text: operator, style: 'muted' },
        ]),
      { shown: shownNodes, what: 'islands', indent: 4 },
    );
  }
  if (weightConversions.length > 0) {
    terminal.print('  nodes whose weights are converted on every run');
    const rows = weightConversions.map((node): Cell[] => [node, '']);
    printNodes(terminal, [{ shrinks: 'middle' }, {}], rows, { shown: shownNodes, what: 'nodes', indent: 4 });
  }
}

/** The name and what there is to say of it, on one line where that fits. */
function printHeading(terminal: Terminal, name: string, text: string): void {
  const before = 'Kernels, ';
  const heading = before + shortenMiddle(name, terminal.width - before.length);
  const line = `${terminal.paint('strong', heading)}  ${terminal.paint('muted', text)}`;
  if (stringWidth(`${heading}  ${text}`) <= terminal.width) {
    terminal.print('', line);
    return;
  }
  const lines = wrap(text, terminal.width - 2).map((one) => `  ${terminal.paint('muted', one)}`);
  terminal.print('', terminal.paint('strong', heading), ...lines);
}

interface Listing {
  shown: number;
  /** What is listed, in the plural. */
  what: string;
  indent?: number;
}

function printNodes(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly Cell[][],
  { shown, what, indent = 2 }: Listing,
): void {
  // One more takes no more room than to say so.
  const kept = rows.length === shown + 1 ? rows : rows.slice(0, shown);
  const more = rows.length - kept.length;
  const rest: Cell[][] =
    more > 0 ? [[{ text: `and ${formatCount(more)} more ${what} by --json`, style: 'muted' }]] : [];
  terminal.print(...printColumns(terminal, columns, [...kept, ...rest], indent));
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
