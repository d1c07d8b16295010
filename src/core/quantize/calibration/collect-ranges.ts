import type { MessageInitShape } from '@bufbuild/protobuf';
import type { CalibrateResult, CalibrateTask } from '../../../engine/protocol.ts';
import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { runOnce } from '../../engine-client/evaluate.ts';
import { plainSession } from '../../engine-client/session-config.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import type { NodeProtoSchema } from '../../onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../onnx/read.ts';
import { withAddition } from '../../onnx/shape-graph.ts';
import { notANumber } from './calibration-failures.ts';
import { entropyRange } from './entropy.ts';
import { percentileRange } from './percentile.ts';

/** How the range of a tensor follows from its values. */
export type CalibrationMethod =
  { kind: 'min-max' } | { kind: 'entropy'; bins: number } | { kind: 'percentile'; percentile: number };

export interface CollectOptions {
  spawn: SpawnEngine;
  temporaryFolder: string;
  method: CalibrationMethod;
  /** Called with the share of the work that is done, from 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** Histograms are taken of so many bytes of tensors at once, because ONNX Runtime holds all outputs of a run. */
const groupBytes = 128 * 2 ** 20;
/** Bins into which the entropy method merges a window, as the original does. */
const quantizedBins = 128;
const percentileBins = 2048;

/** What one pass tells of a tensor. */
interface Observation {
  tensor: string;
  /** null where no value was seen. */
  range: ValueRange | null;
  lowestMagnitude: number;
  elements: number;
}

/**
 * Ranges of float32 tensors of the main graph over all feeds of a pool. Without graph optimizations and on the CPU, so
 * that they are the ones that ONNX Runtime's own calibration finds. Values are reduced in the graph or in the engine.
 * A tensor without elements is left out. Throws CALIBRATION_INVALID for NaN.
 */
export async function collectRanges(
  loaded: LoadedModel,
  tensors: readonly string[],
  pool: InputPool,
  options: CollectOptions,
): Promise<Map<string, ValueRange>> {
  const { method, onProgress = () => undefined } = options;
  const needsHistogram = method.kind !== 'min-max';
  const observed = await observe(loaded, tensors, pool, {
    ...options,
    onProgress: (share) => onProgress(needsHistogram ? share / 2 : share),
  });
  const seen = observed.flatMap((one) => (one.range === null ? [] : [{ ...one, range: one.range }]));
  const ranges = new Map(seen.map(({ tensor, range }) => [tensor, range]));
  if (!needsHistogram) return ranges;
  const spread = seen.filter(({ range }) => Number.isFinite(range.high - range.low) && range.low < range.high);
  const groups = groupBySize(spread);
  for (const [index, group] of groups.entries()) {
    const found = await cutOutliers(loaded, group, method, pool, {
      ...options,
      onProgress: (share) => onProgress(0.5 + (index + share) / groups.length / 2),
    });
    for (const [tensor, range] of found) ranges.set(tensor, range);
  }
  return ranges;
}

/** Smallest and largest values, by nodes at the end of the graph: nothing but two numbers leaves ONNX Runtime. */
async function observe(
  loaded: LoadedModel,
  tensors: readonly string[],
  pool: InputPool,
  options: CollectOptions,
): Promise<Observation[]> {
  const needsMore = options.method.kind !== 'min-max';
  const reducing: MessageInitShape<typeof NodeProtoSchema>[][] = [];
  const names = tensors.map((tensor, index) => {
    const own = { low: `calibrate:low:${index}`, high: `calibrate:high:${index}` };
    const nodes = [
      { opType: 'ReduceMin', input: [tensor], output: [own.low] },
      { opType: 'ReduceMax', input: [tensor], output: [own.high] },
    ];
    reducing.push(nodes);
    if (!needsMore) return { tensor, ...own, size: null, lowest: null };
    const size = `calibrate:size:${index}`;
    const magnitudes = `calibrate:magnitudes:${index}`;
    const lowest = `calibrate:lowest:${index}`;
    nodes.push(
      { opType: 'Size', input: [tensor], output: [size] },
      { opType: 'Abs', input: [tensor], output: [magnitudes] },
      { opType: 'ReduceMin', input: [magnitudes], output: [lowest] },
    );
    return { tensor, ...own, size, lowest };
  });
  const outputs = names.flatMap(({ low, high, size, lowest }) =>
    [low, high, size, lowest].filter((one) => one !== null),
  );
  await using file = await withAddition(
    loaded,
    // ONNX Runtime begins with what comes last: so each tensor is reduced, and let go, when it has been computed.
    { node: reducing.toReversed().flat(), output: outputs.map((name) => ({ name })) },
    options.temporaryFolder,
  );
  const reductions = Object.fromEntries(outputs.map((name) => [name, { kind: 'range' as const }]));
  const { ranges, notNumbers } = await runCalibration(file.path, reductions, pool, options);
  const wrong = names.find(({ low, high }) => notNumbers.includes(low) || notNumbers.includes(high));
  if (wrong !== undefined) throw notANumber(wrong.tensor);
  return names.map(({ tensor, low, high, size, lowest }) => {
    const from = ranges[low]?.low;
    const to = ranges[high]?.high;
    return {
      tensor,
      range: from === undefined || to === undefined || from > to ? null : { low: from, high: to },
      lowestMagnitude: (lowest === null ? null : ranges[lowest]?.low) ?? 0,
      elements: (size === null ? null : ranges[size]?.high) ?? 0,
    };
  });
}

/** Ranges of tensors whose values are counted in a second pass, now that it is known where they lie. */
async function cutOutliers(
  loaded: LoadedModel,
  group: readonly (Observation & { range: ValueRange })[],
  method: Exclude<CalibrationMethod, { kind: 'min-max' }>,
  pool: InputPool,
  options: CollectOptions,
): Promise<Map<string, ValueRange>> {
  const copies = group.map(({ tensor }, index) => ({ opType: 'Identity', input: [tensor], output: [copyName(index)] }));
  await using file = await withAddition(
    loaded,
    { node: copies, output: group.map((_, index) => ({ name: copyName(index) })) },
    options.temporaryFolder,
  );
  const reductions = Object.fromEntries(
    group.map(({ range, lowestMagnitude }, index) => {
      const reach = Math.max(Math.abs(range.low), Math.abs(range.high));
      const histogram =
        method.kind === 'entropy'
          ? { of: 'values' as const, bins: method.bins, from: -reach, to: reach }
          : { of: 'magnitudes' as const, bins: percentileBins, from: lowestMagnitude, to: reach };
      return [copyName(index), { kind: 'histogram' as const, ...histogram }];
    }),
  );
  const { histograms } = await runCalibration(file.path, reductions, pool, options);
  return new Map(
    group.map(({ tensor, range: seen }, index) => {
      const name = copyName(index);
      const asked = reductions[name];
      const counts = histograms[name];
      if (asked === undefined || counts === undefined) throw new Error(`No histogram of ${tensor} came back.`);
      const histogram = { counts: new Float64Array(counts), from: asked.from, to: asked.to };
      const range =
        method.kind === 'entropy'
          ? entropyRange(histogram, { quantizedBins, observed: seen })
          : percentileRange(histogram, { percentile: method.percentile, symmetric: true, observed: seen });
      return [tensor, range];
    }),
  );
}

function copyName(index: number): string {
  return `calibrate:copy:${index}`;
}

async function runCalibration(
  modelPath: string,
  reductions: CalibrateTask['reductions'],
  pool: InputPool,
  { spawn, signal, onProgress }: CollectOptions,
): Promise<CalibrateResult> {
  const task = {
    kind: 'calibrate' as const,
    session: plainSession(modelPath, { graphOptimization: 'disabled' }),
    inputs: { path: pool.path, feeds: pool.feeds, tensors: pool.tensors },
    reductions,
  };
  return runOnce(spawn, task, {
    onProgress: ({ queries }) => onProgress?.(queries / pool.feeds),
    ...(signal ? { signal } : {}),
  });
}

/** In the order of the graph, each group within the bytes that may be held at once, but at least one tensor. */
function groupBySize<T extends Observation>(observed: readonly T[]): T[][] {
  const groups: T[][] = [];
  let bytes = Infinity;
  for (const one of observed) {
    bytes += one.elements * 4;
    if (bytes > groupBytes) {
      groups.push([]);
      bytes = one.elements * 4;
    }
    groups.at(-1)?.push(one);
  }
  return groups;
}
