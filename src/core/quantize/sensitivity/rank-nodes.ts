import type { NodeReport } from '../../../shared/domain/quantization.ts';
import type { LossMeasure, NodeSensitivity, SensitivityProgress } from '../../../shared/domain/sensitivity.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { judgeLoss } from './judge-loss.ts';
import { createPace } from './pace.ts';
import type { Trials } from './trials.ts';

/** A node that a recipe changes, by the name that leaves it. */
export interface ChangedNode {
  node: string;
  operator: string;
}

/**
 * Nodes that were changed, by names of the source: a simplified model appends to them. What has no name in the source
 * cannot be left and is not listed; nodes that share a name can only be left together and are listed once.
 */
export function changedNodes(names: ReadonlySet<string>, reports: readonly NodeReport[]): ChangedNode[] {
  const found = new Map<string, ChangedNode>();
  for (const { node, operator, outcome } of reports) {
    if (outcome.kind !== 'changed') continue;
    let name = node;
    while (!names.has(name) && name.includes('/')) name = name.slice(0, name.lastIndexOf('/'));
    if (names.has(name) && !found.has(name)) found.set(name, { node: name, operator });
  }
  return [...found.values()];
}

export interface RankOptions {
  /** All nodes that the recipe changes. */
  changed: readonly ChangedNode[];
  measure: LossMeasure;
  onProgress: (progress: SensitivityProgress) => void;
}

/**
 * Quantizes each node alone and ranks them by the error of the outputs, which tells nodes apart where too few samples
 * change their class. Nodes alone rather than all but one: errors of the others would cover what is looked for.
 */
export async function rankNodes(
  trials: Trials,
  nodes: readonly ChangedNode[],
  { changed, measure, onProgress }: RankOptions,
): Promise<NodeSensitivity[]> {
  const pace = createPace();
  const ranked: NodeSensitivity[] = [];
  for (const [index, { node, operator }] of nodes.entries()) {
    onProgress({ stage: 'scan', done: index, of: nodes.length, remainingS: pace.left(nodes.length - index) });
    const others = changed.flatMap((one) => (one.node === node ? [] : [one.node]));
    ranked.push({ node, operator, ...(await costAlone(trials, others, measure)) });
  }
  return ranked.toSorted((one, other) => harm(other) - harm(one));
}

async function costAlone(
  trials: Trials,
  others: readonly string[],
  measure: LossMeasure,
): Promise<Pick<NodeSensitivity, 'error' | 'loss'>> {
  try {
    const trial = await trials.run(others, 'quick');
    // Alone it is not quantized at all, as what only moves numbers between quantized nodes.
    if (trial === null) return { error: 0, loss: 0 };
    const { error, loss } = judgeLoss(trial.compared, measure);
    return { error, loss: loss?.value ?? null };
  } catch (error) {
    if (error instanceof InferometerError && !/^(CANCELLED|STORAGE_)/.test(error.code))
      return { error: null, loss: null };
    throw error;
  }
}

/** What has no finite error is worse than anything that has. */
function harm({ error }: NodeSensitivity): number {
  return error ?? Infinity;
}
