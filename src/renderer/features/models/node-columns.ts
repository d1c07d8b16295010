import type { ModelCost, NodeCost } from '../../../shared/domain/model.ts';

export interface NodeRow {
  node: NodeCost;
  /** Place in the graph. */
  position: number;
  /** Share of the model's multiply-accumulates. */
  share: number;
}

export type NodeColumnId = (typeof nodeColumns)[number]['id'];

export interface NodeSort {
  column: NodeColumnId;
  descending: boolean;
}

export const nodeColumns = [
  { id: 'name', label: 'Node', isNumber: false },
  { id: 'operator', label: 'Operator', isNumber: false },
  { id: 'output', label: 'Output', isNumber: false },
  { id: 'macs', label: 'MACs', isNumber: true },
  { id: 'share', label: 'Share', isNumber: true },
  { id: 'parameters', label: 'Parameters', isNumber: true },
  { id: 'weights', label: 'Weights', isNumber: true },
  { id: 'activations', label: 'Activations', isNumber: true },
] as const;

/** What a column is sorted by; numbers that are not known come last. */
const keys: Readonly<Record<NodeColumnId, (node: NodeCost) => number | string>> = {
  name: ({ name }) => name,
  operator: ({ operator }) => operator,
  output: ({ outputShape }) => outputShape?.reduce((product, size) => product * size, 1) ?? -1,
  macs: ({ macs }) => macs ?? -1,
  share: ({ macs }) => macs ?? -1,
  parameters: ({ parameters }) => parameters,
  weights: ({ weightBytes }) => weightBytes,
  activations: ({ activationBytes }) => activationBytes ?? -1,
};

/** The nodes of a model in the wanted order; equal ones in that of the graph. */
export function sortNodes({ nodes, macs }: ModelCost, { column, descending }: NodeSort): NodeRow[] {
  const key = keys[column];
  const direction = descending ? -1 : 1;
  return nodes
    .map((node, position) => ({ node, position, share: macs === 0 ? 0 : (node.macs ?? 0) / macs }))
    .toSorted((left, right) => direction * compare(key(left.node), key(right.node)) || left.position - right.position);
}

function compare(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true });
}
