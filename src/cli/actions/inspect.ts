import { resolveModelCost } from '../../core/models/resolve-cost.ts';
import { resolveModel } from '../../core/models/resolve-model.ts';
import type { ModelCost, ModelSummary, NodeCost, TensorInfo } from '../../shared/domain/model.ts';
import { InferometerError, type Failure } from '../../shared/errors.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import type { InspectData } from '../output/documents.ts';
import { printFacts, type Fact } from '../output/facts.ts';
import type { Terminal } from '../output/terminal.ts';

const topOperators = 8;
/** Shares are shown to a tenth of a percent. */
const shareStep = 0.01;

/** What is in a model, and its cost at concrete shapes. A cost that cannot be told leaves the rest standing. */
export async function inspect(
  { openCore, terminal, signal }: CommandHost,
  name: string,
  { batch, dim, nodes }: { batch: number; dim: Record<string, number>; nodes: boolean },
): Promise<CommandResult> {
  const core = await openCore();
  const model = await resolveModel(name, core, {
    signal,
    onProgress: (share) => {
      if (share < 1) terminal.progress(`${name} · preparing · ${formatQuantity(share, 'ratio').text}`);
    },
  });
  terminal.progress(`${name} · finding the shapes of all tensors`);
  let cost: ModelCost | null = null;
  let costFailure: Failure | null = null;
  try {
    const { spawn, directory } = core;
    cost = await resolveModelCost(model, { spawn, temporaryFolder: directory.temporary, dims: dim, batch, signal });
  } catch (error) {
    if (!(error instanceof InferometerError) || error.code === 'CANCELLED') throw error;
    costFailure = error.toFailure();
  }
  terminal.endProgress();
  const { id, path, summary } = model;
  terminal.print(`${terminal.paint('strong', id)}${path === id ? '' : `  ${terminal.paint('muted', path)}`}`);
  printSummary(terminal, summary);
  if (cost !== null) printCost(terminal, cost, batch);
  if (costFailure !== null) {
    const reason = `not available: ${costFailure.message} ${costFailure.remedy}`;
    printFacts(terminal, 'Cost', [['operations', { text: reason, style: 'muted' }]]);
  }
  if (nodes && cost !== null) printNodes(terminal, cost.nodes);
  const data: InspectData = { id, path, summary, batch, cost, costFailure };
  return { data };
}

function printSummary(terminal: Terminal, summary: ModelSummary): void {
  const { inputs, outputs, operators, opsets } = summary;
  const precision = Object.entries(summary.weightPrecision)
    .toSorted(([, left], [, right]) => right - left)
    .map(([type, share]) => `${type} ${formatQuantity(share, 'ratio').text}`);
  printFacts(terminal, 'Model', [
    ['parameters', formatCount(summary.parameters)],
    [
      'weights',
      `${formatQuantity(summary.weightBytes, 'B').text}${precision.length === 0 ? '' : `, ${precision.join(', ')}`}`,
    ],
    [
      'file',
      `${formatQuantity(summary.sizeBytes, 'B').text}${summary.externalData ? ', weights in external files' : ''}`,
    ],
    ['SHA-256', summary.sha256],
    [
      'format',
      `IR ${summary.irVersion}, ${Object.entries(opsets)
        .map(([domain, version]) => `${domain} ${version}`)
        .join(', ')}`,
    ],
    ['producer', summary.producer ?? { text: 'not stated in the file', style: 'muted' }],
    ['nodes', `${formatCount(summary.nodeCount)} of ${formatCount(Object.keys(operators).length)} operators`],
    ...inputs.map((tensor, index): Fact => [index === 0 ? 'inputs' : '', describeTensor(tensor)]),
    ...outputs.map((tensor, index): Fact => [index === 0 ? 'outputs' : '', describeTensor(tensor)]),
  ]);
}

function describeTensor({ name, type, dims }: TensorInfo): string {
  return `${name}  ${type}  ${dims === null ? 'shape not stated' : `[${dims.join(', ')}]`}`;
}

function printCost(terminal: Terminal, cost: ModelCost, batch: number): void {
  const shapes = Object.entries(cost.inputShapes).map(([name, dims]) => `${name} [${dims.join(', ')}]`);
  const uncounted = Object.entries(cost.uncounted).map(([operator, count]) => `${operator} ${count}×`);
  printFacts(terminal, `Cost of one inference, batch ${batch}`, [
    ['input shapes', shapes.join(', ')],
    ['operations', { number: formatQuantity(cost.macs, 'MAC') }],
    ['activations', { number: formatQuantity(cost.activationBytes, 'B') }],
    ...(uncounted.length === 0
      ? []
      : [['not counted', `${uncounted.join(', ')} (no agreed number of operations)`] satisfies Fact]),
  ]);
  printOperators(terminal, cost);
}

/** The operators that do most of the work, with their share. */
function printOperators(terminal: Terminal, { nodes, macs }: ModelCost): void {
  const byOperator = Map.groupBy(nodes, ({ operator }) => operator);
  const rows = [...byOperator]
    .map(([operator, all]) => ({
      operator,
      count: all.length,
      macs: all.reduce((sum, node) => sum + (node.macs ?? 0), 0),
      parameters: all.reduce((sum, node) => sum + node.parameters, 0),
    }))
    .filter((row) => row.macs > 0)
    .toSorted((left, right) => right.macs - left.macs)
    .slice(0, topOperators)
    .map((row): Cell[] => [
      row.operator,
      formatCount(row.count),
      { number: formatQuantity(row.macs, 'MAC') },
      { number: formatQuantity(row.macs / macs, 'ratio', { uncertainty: shareStep }) },
      formatCount(row.parameters),
    ]);
  if (rows.length === 0) return;
  terminal.print('', terminal.paint('strong', 'Operators by operations'));
  const columns = [
    { title: 'operator' },
    { title: 'nodes', align: 'right' as const },
    { title: 'operations' },
    { title: 'share' },
    { title: 'parameters', align: 'right' as const },
  ];
  terminal.print(...printColumns(terminal, columns, rows));
}

function printNodes(terminal: Terminal, nodes: readonly NodeCost[]): void {
  const rows = nodes.map((node): Cell[] => [
    node.name === '' ? { text: 'without a name', style: 'muted' } : node.name,
    node.operator,
    node.outputShape === null ? { text: 'unknown', style: 'muted' } : `[${node.outputShape.join(', ')}]`,
    node.macs === null ? { text: 'not counted', style: 'muted' } : { number: formatQuantity(node.macs, 'MAC') },
    node.activationBytes === null
      ? { text: 'unknown', style: 'muted' }
      : { number: formatQuantity(node.activationBytes, 'B') },
  ]);
  const columns = [
    { title: 'node', shrinks: true },
    { title: 'operator' },
    { title: 'output', dropOrder: 1 },
    { title: 'operations' },
    { title: 'activations', dropOrder: 2 },
  ];
  terminal.print('', terminal.paint('strong', 'Nodes'), ...printColumns(terminal, columns, rows));
}
