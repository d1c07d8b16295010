import type { NodeReport } from '../../../../shared/domain/quantization.ts';

/** Nodes of one operator that the same became of. */
export interface NodeGroup {
  kind: 'changed' | 'left';
  operator: string;
  /** The operators that it became, or why it was left. */
  what: string;
  nodes: readonly string[];
}

/** Changed nodes first, then those that were left; the most frequent of each first. */
export function groupNodes(reports: readonly NodeReport[]): NodeGroup[] {
  const groups = new Map<string, NodeGroup & { nodes: string[] }>();
  for (const { node, operator, outcome } of reports) {
    const what = outcome.kind === 'changed' ? summarize(outcome.operators) : outcome.message;
    const key = `${outcome.kind} ${operator} ${what}`;
    const group = groups.get(key) ?? { kind: outcome.kind, operator, what, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted(
    (one, other) =>
      Number(one.kind === 'left') - Number(other.kind === 'left') || other.nodes.length - one.nodes.length,
  );
}

/** "MatMulInteger, Cast, 2 Mul" for a list of operators. */
function summarize(operators: readonly string[]): string {
  const counts = Map.groupBy(operators, (operator) => operator.replace('com.microsoft:', ''));
  return [...counts].map(([operator, { length }]) => (length === 1 ? operator : `${length} ${operator}`)).join(', ');
}
