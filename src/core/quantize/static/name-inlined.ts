import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import { toLabel } from '../recipe/node-reports.ts';

/** Beginning of the names that ONNX Runtime gives to tensors inside of an operator that it takes apart. */
const inside = '_inlfunc_';

/**
 * Simplifying takes operators apart that are defined by others, such as HardSwish, and leaves the parts without names.
 * They get the name of the node that they are of, with their own operator behind it. Returns the operator of the source
 * for each of these names.
 */
export function nameInlined(simplified: GraphProto, source: GraphProto): ReadonlyMap<string, string> {
  const writers = new Map(source.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  const taken = new Set(simplified.node.map(({ name }) => name));
  const wholes = new Map<string, string>();
  /** Of tensors inside of an operator: the node of the source that they belong to. */
  const owners = new Map<string, NodeProto>();
  // From the end, since only the last part writes what the source knows.
  for (const node of simplified.node.toReversed()) {
    const inner = node.input.filter((name) => name.startsWith(inside));
    if (inner.length === 0 && !node.output.some((name) => name.startsWith(inside))) continue;
    const owner = node.output.map((name) => writers.get(name) ?? owners.get(name)).find((one) => one !== undefined);
    if (owner === undefined) continue;
    for (const name of inner) owners.set(name, owner);
    const stem = `${toLabel(owner)}/${node.opType}`;
    let name = stem;
    for (let number = 1; taken.has(name); number += 1) name = `${stem}_${number}`;
    taken.add(name);
    node.name = name;
    wholes.set(name, toOperatorName(owner));
  }
  return wholes;
}
