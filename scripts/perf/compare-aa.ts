import { join } from 'node:path';
import { defaultSpeedRules, measureSpeed } from '../../src/core/compare/speed/measure-speed.ts';
import type { PairSide } from '../../src/core/compare/speed/pair-source.ts';
import { createCore, type Core } from '../../src/core/create-core.ts';
import { plainSession } from '../../src/core/engine-client/session-config.ts';
import { generateInputs } from '../../src/core/models/inputs/generate-inputs.ts';
import { createGraphBuilder } from '../../src/core/onnx/build.ts';
import { writeModel } from '../../src/core/onnx/write.ts';
import { wilsonInterval } from '../../src/core/stats/proportion.ts';
import type { Speed } from '../../src/shared/domain/comparison.ts';
import { lockMachine, plainFigure, type Figure, type PartOptions, type PerformancePart } from './part.ts';
import { prepareTask } from './tasks.ts';

const model = 'mobilenet-v2';
const margin = 0.02;
const falseShare = 0.05;
const foundShare = 0.8;
/** Of each comparison, beyond which it counts as ambiguous. */
const maxDurationS = 30;
const sayEvery = 10;

/** Shorter warm-up and blocks than the product's, so that 250 comparisons take minutes; everything else is its own. */
const rules = {
  ...defaultSpeedRules,
  warmUp: { minRuns: 10, minS: 0.1, maxS: 0.1, tolerance: 0.05 },
  block: { ...defaultSpeedRules.block, blockS: 0.05 },
  quietS: 0,
  withHarness: false,
};

/** Products of a chain, and those of one that is 3 % longer. */
const chain = { products: 400, longer: 412, rows: 16, size: 64 };

/** Comparisons of a model with itself: how often the verdict is wrong. */
export const comparedWithItself: PerformancePart = {
  id: 'compare-aa',
  title: 'A model compared with itself',
  async run(options) {
    const { quick, repeats, dataDirectory, say } = options;
    using core = createCore({ dataDirectory });
    using _lock = await lockMachine(options);
    const { session, inputs, batchOutput } = await prepareTask(core, model, 1);
    const same = { session, inputs, batchOutput };
    const own = await compareOften(core, [same, same], quick ? Math.min(repeats, 4) : repeats, `${model}, itself`, say);
    return { state: 'measured', figures: describeSame(own), notes: [howCompared] };
  },
};

/** Comparisons of a chain of products with a longer one: how often the difference is found. */
export const comparedWithSlower: PerformancePart = {
  id: 'compare-planted',
  title: 'A model compared with one that is 3 % slower',
  async run(options) {
    const { quick, repeats, dataDirectory, workspace, say } = options;
    using core = createCore({ dataDirectory });
    using _lock = await lockMachine(options);
    const planted = await preparePlanted(workspace);
    const rounds = Math.max(2, Math.round((quick ? Math.min(repeats, 12) : repeats) / 4));
    const found = await compareOften(core, planted, rounds, '3 % slower', say);
    return { state: 'measured', figures: describePlanted(found), notes: [howCompared, howSlowed] };
  },
};

const howCompared = `Each comparison has fresh sessions in a fresh engine on one thread, ${rules.warmUp.minS} s of warm-up for each and blocks of ${rules.block.blockS} s, in place of the ${defaultSpeedRules.warmUp.minS} s and ${defaultSpeedRules.block.blockS} s of the product; the order of blocks, the interval, the margin of ${100 * margin} % and the stop when settled are its own. It stops at the latest after ${maxDurationS} s.`;
const howSlowed = `The slow-down is work: a chain of ${chain.longer} products of matrices against one of ${chain.products}, which are alike in everything else. It is found in time when the verdict is SLOWER no later than predicted after the first ten pairs.`;

async function compareOften(
  core: Core,
  sides: readonly [PairSide, PairSide],
  rounds: number,
  what: string,
  say: PartOptions['say'],
): Promise<Speed[]> {
  const speeds: Speed[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { speed } = await measureSpeed({
      spawn: core.spawn,
      sides,
      residence: 'together',
      residenceReason: null,
      margin,
      maxDurationS,
      rules,
      memoryLimitBytes: undefined,
    });
    speeds.push(speed);
    if (round % sayEvery === 0 || round === rounds) say(`${what}: ${round} of ${rounds}, ${countVerdicts(speeds)}`);
  }
  return speeds;
}

async function preparePlanted(folder: string): Promise<readonly [PairSide, PairSide]> {
  const inputs = await generateInputs({
    inputs: [{ name: 'x', type: 'float32', dims: [chain.rows, chain.size] }],
    batch: 1,
    seed: 0,
    target: join(folder, 'chain-inputs.bin'),
  });
  const toSide = async (products: number): Promise<PairSide> => {
    const file = join(folder, `chain-${products}.onnx`);
    await writeProductChain(file, products);
    return { session: plainSession(file, { threads: 1 }), inputs, batchOutput: null };
  };
  return [await toSide(chain.products), await toSide(chain.longer)];
}

/** Multiplies by a matrix that moves every column to the next place, so that values stay what they are. */
async function writeProductChain(file: string, products: number): Promise<void> {
  const { rows, size } = chain;
  const graph = createGraphBuilder();
  const matrix = new Float32Array(size * size);
  for (let column = 0; column < size; column++) matrix[column * size + ((column + 1) % size)] = 1;
  const weight = graph.weight('turn', [size, size], () => [new Uint8Array(matrix.buffer)]);
  let tensor = graph.input('x', 'float32', [rows, size]);
  for (let product = 0; product < products; product++) tensor = graph.node('MatMul', [tensor, weight]);
  graph.output('y', tensor, 'float32', [rows, size]);
  const built = graph.build('product-chain');
  await writeModel(built.model, file, { tensorData: built.tensorData });
}

function describeSame(speeds: readonly Speed[]): Figure[] {
  const wrong = speeds.filter(({ verdict }) => verdict === 'FASTER' || verdict === 'SLOWER').length;
  const covered = speeds.filter(({ speedup: { interval } }) => (interval?.low ?? 0) <= 1 && (interval?.high ?? 1) >= 1);
  return [
    {
      what: `FASTER or SLOWER in ${speeds.length} comparisons of ${model} with itself`,
      target: `at most ${toPercent(falseShare)}`,
      figure: toShare(wrong, speeds.length),
      met: wrong / speeds.length <= falseShare,
    },
    plainFigure('SAME', toShare(countOf(speeds, 'SAME'), speeds.length)),
    plainFigure('AMBIGUOUS after 30 s', toShare(countOf(speeds, 'AMBIGUOUS'), speeds.length)),
    plainFigure('intervals that contain 1', toShare(covered.length, speeds.length)),
    plainFigure(
      'pairs until settled, median and largest',
      describeRange(speeds, ({ pairs }) => pairs, ''),
    ),
    plainFigure(
      'measured part, median and longest',
      describeRange(speeds, ({ durationS }) => durationS, ' s'),
    ),
    plainFigure('deviation of a pair, median', toPercent(middleOf(speeds.map((one) => one.logRatioDeviation)))),
  ];
}

function describePlanted(speeds: readonly Speed[]): Figure[] {
  const inTime = speeds.filter(
    ({ verdict, durationS, predictedDurationS }) =>
      verdict === 'SLOWER' && predictedDurationS !== null && durationS <= predictedDurationS,
  ).length;
  const slowDowns = speeds.map(({ speedup }) => 1 / speedup.value - 1);
  const predicted = speeds.map(({ predictedDurationS }) => predictedDurationS ?? Infinity);
  return [
    {
      what: `a slow-down of 3 % found within the time predicted, ${speeds.length} comparisons`,
      target: `at least ${toPercent(foundShare)}`,
      figure: toShare(inTime, speeds.length),
      met: inTime / speeds.length >= foundShare,
    },
    plainFigure('SLOWER at all', toShare(countOf(speeds, 'SLOWER'), speeds.length)),
    plainFigure('SAME or FASTER', toShare(countOf(speeds, 'SAME') + countOf(speeds, 'FASTER'), speeds.length)),
    plainFigure('slow-down that was measured, median', toPercent(middleOf(slowDowns))),
    plainFigure('predicted time, median', `${middleOf(predicted).toFixed(1)} s`),
    plainFigure(
      'time it took, median and longest',
      describeRange(speeds, ({ durationS }) => durationS, ' s'),
    ),
    plainFigure('deviation of a pair, median ', toPercent(middleOf(speeds.map((one) => one.logRatioDeviation)))),
  ];
}

function countOf(speeds: readonly Speed[], verdict: Speed['verdict']): number {
  return speeds.filter((one) => one.verdict === verdict).length;
}

function countVerdicts(speeds: readonly Speed[]): string {
  const counts = Map.groupBy(speeds, ({ verdict }) => verdict);
  return [...counts].map(([verdict, some]) => `${some.length} ${verdict}`).join(', ');
}

function describeRange(speeds: readonly Speed[], pick: (speed: Speed) => number, unit: string): string {
  const values = speeds.map(pick);
  const format = (value: number): string => `${value.toFixed(unit === '' ? 0 : 1)}${unit}`;
  return `${format(middleOf(values))}, ${format(Math.max(...values))}`;
}

function toShare(count: number, total: number): string {
  const { low, high } = wilsonInterval(count, total);
  return `${toPercent(count / total)} (${count}; ${toPercent(low)} to ${toPercent(high)})`;
}

function toPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
