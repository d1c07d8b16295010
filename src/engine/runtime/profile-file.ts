import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ProfiledNode } from '../protocol.ts';

/** What ONNX Runtime 1.30 writes for one event, times in µs; numbers about a node are texts. */
interface ProfileEvent {
  cat: string;
  name: string;
  ts: number;
  dur: number;
  args: Record<string, unknown>;
}

const shapesSchema = z.array(z.record(z.string(), z.array(z.number()))).catch([]);
const kernelSuffix = '_kernel_time';
/** Operators whose time contains that of the graphs in them. */
const containers = new Set(['If', 'Loop', 'Scan']);

/**
 * Reads a profile: every node once, with its time in each run but the first `skipRuns`. Nodes of a GPU have their time
 * there from the events that the provider records, on average over all runs, as the clocks of both sides differ.
 */
export function readProfile(file: string, skipRuns: number): { runsNs: number[]; nodes: ProfiledNode[] } {
  return parseProfile(parseText(readFileSync(file, 'utf8')), skipRuns);
}

/**
 * ONNX Runtime says nothing when it cannot write all of a profile, so that what is missing at the end tells it.
 * `explainRuntimeMessage` knows both messages.
 */
function parseText(text: string): unknown {
  if (!text.trimEnd().endsWith(']')) throw new Error('The profile was cut off while it was written');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The profile is no JSON: ${reason}`, { cause });
  }
}

export function parseProfile(raw: unknown, skipRuns: number): { runsNs: number[]; nodes: ProfiledNode[] } {
  const events = toEvents(raw);
  const all = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').toSorted(byStart);
  const runs = all.slice(skipRuns);
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith(kernelSuffix)).toSorted(byStart);
  const own = ownTimes(kernels);
  const nodes = new Map<string, ProfiledNode>();
  // Shapes are read once a node: a profile has them again for every call, which makes most of its size.
  const lastCalls = new Map<ProfiledNode, ProfileEvent>();
  let run = 0;
  for (const event of kernels) {
    while (run < runs.length && event.ts >= endOf(runs[run]!)) run++;
    const current = runs[run];
    if (current === undefined) break;
    if (event.ts < current.ts) continue;
    const node = findNode(nodes, event, runs.length);
    node.durationsNs[run]! += (own.get(event) ?? 0) * 1000;
    node.calls += 1 / runs.length;
    lastCalls.set(node, event);
  }
  for (const [node, { args }] of lastCalls) {
    node.inputs = readValues(args.input_type_shape);
    node.outputs = readValues(args.output_type_shape);
  }
  addGpuTimes(nodes, events, all.length);
  return { runsNs: runs.map(({ dur }) => dur * 1000), nodes: [...nodes.values()] };
}

/** Checked by hand: a profile has tens of thousands of events, for which a schema takes longer than reading the file. */
function toEvents(raw: unknown): ProfileEvent[] {
  if (Array.isArray(raw) && raw.every(isEvent)) return raw;
  throw new Error('The profile is not what ONNX Runtime 1.30 writes');
}

function isEvent(raw: unknown): raw is ProfileEvent {
  if (typeof raw !== 'object' || raw === null) return false;
  const { cat, name, ts, dur, args } = raw as Partial<Record<keyof ProfileEvent, unknown>>;
  const isTimed = typeof ts === 'number' && typeof dur === 'number';
  return typeof cat === 'string' && typeof name === 'string' && isTimed && typeof args === 'object' && args !== null;
}

function byStart(left: ProfileEvent, right: ProfileEvent): number {
  return left.ts - right.ts;
}

function endOf({ ts, dur }: ProfileEvent): number {
  return ts + dur;
}

/** Duration of each event without the events inside it, where its operator contains graphs. */
function ownTimes(kernels: readonly ProfileEvent[]): Map<ProfileEvent, number> {
  const own = new Map(kernels.map((event) => [event, event.dur]));
  const open: ProfileEvent[] = [];
  for (const event of kernels) {
    let parent = open.at(-1);
    while (parent !== undefined && event.ts >= endOf(parent)) {
      open.pop();
      parent = open.at(-1);
    }
    if (parent !== undefined) own.set(parent, Math.max(0, (own.get(parent) ?? 0) - event.dur));
    if (containers.has(String(event.args.op_name))) open.push(event);
  }
  return own;
}

function findNode(nodes: Map<string, ProfiledNode>, { name, args }: ProfileEvent, runs: number): ProfiledNode {
  const key = `${name} ${String(args.node_index)} ${String(args.op_name)}`;
  const known = nodes.get(key);
  if (known !== undefined) return known;
  const node: ProfiledNode = {
    name: name.slice(0, -kernelSuffix.length),
    operator: String(args.op_name),
    provider: String(args.provider),
    index: toNumber(args.node_index),
    calls: 0,
    durationsNs: Array.from({ length: runs }, () => 0),
    gpuNs: null,
    inputs: [],
    outputs: [],
    parameterBytes: toNumber(args.parameter_size),
    activationBytes: toNumber(args.activation_size),
    outputBytes: toNumber(args.output_size),
  };
  nodes.set(key, node);
  return node;
}

function toNumber(text: unknown): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}

function readValues(raw: unknown): ProfiledNode['inputs'] {
  return shapesSchema.parse(raw).flatMap((value) => Object.entries(value).map(([type, dims]) => ({ type, dims })));
}

/** Events of a GPU are named node&operator&program. */
function addGpuTimes(nodes: ReadonlyMap<string, ProfiledNode>, events: readonly ProfileEvent[], runs: number): void {
  const times = new Map<string, number>();
  for (const { cat, name, dur } of events) {
    const node = name.split('&')[0] ?? '';
    if (cat === 'Api') times.set(node, (times.get(node) ?? 0) + dur);
  }
  for (const node of nodes.values()) {
    const total = times.get(node.name);
    if (total !== undefined) node.gpuNs = (total * 1000) / runs;
  }
}
