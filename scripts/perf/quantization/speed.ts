import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readKernels } from '../../../src/core/compare/kernels/read-kernels.ts';
import { profileModel } from '../../../src/core/compare/kernels/profile-model.ts';
import { defaultSpeedRules, measureSpeed } from '../../../src/core/compare/speed/measure-speed.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import type { SessionConfig } from '../../../src/engine/protocol.ts';
import type { Speed } from '../../../src/shared/domain/comparison.ts';
import { staticAsPython } from '../../compare-quantizer/cases.ts';
import { findQuantizer } from '../../compare-quantizer/find-quantizer.ts';
import { findComparedModel } from '../../compare-quantizer/models.ts';
import { formatMilliseconds, lockMachine, plainFigure } from '../part.ts';
import type { Figure, PartOptions, PerformancePart } from '../part.ts';
import { prepareTask } from '../tasks.ts';
import { writePythonVariant, writeVariant } from './variants.ts';

/** What is measured of one model: each candidate against the baseline. */
interface Comparison {
  what: string;
  /** Reference model, or a file that PyTorch's exporter wrote. */
  model: string;
  recipe: 'int8-static' | 'int8-dynamic' | 'int4-weight';
  parameters?: Readonly<Record<string, unknown>>;
  /** Sizes that differ from the model's own. */
  dims?: Readonly<Record<string, number>>;
  /** Least speed-up; null where the number is for information. */
  target: number | null;
  /** Compared with what Python makes of the model, too: least speed-up over that. */
  overPython?: number;
}

const comparisons: readonly Comparison[] = [
  { what: 'resnet50, int8-static', model: 'resnet50', recipe: 'int8-static', target: 2.8, overPython: 2 },
  { what: 'bert-base, int8-dynamic', model: 'bert-base', recipe: 'int8-dynamic', target: 3.8 },
  {
    what: 'decoder-124m, one token after 128, int4-weight in blocks of 128',
    model: 'decoder-124m',
    recipe: 'int4-weight',
    parameters: { blockSize: 128 },
    target: 5,
  },
  {
    what: 'decoder-124m, one token after 1, int4-weight in blocks of 128',
    model: 'decoder-124m',
    recipe: 'int4-weight',
    parameters: { blockSize: 128 },
    dims: { past: 1 },
    target: 5,
  },
  { what: 'mobilenet-v2, int8-static', model: 'mobilenet-v2', recipe: 'int8-static', target: null },
  {
    what: 'MobileNetV3 of torchvision with HardSwish, int8-static',
    model: 'torch-mobilenet-v3-traced.onnx',
    recipe: 'int8-static',
    target: null,
  },
];

/** Blocks of half a second: many queries each, so that their medians are steady. */
const rules = { ...defaultSpeedRules, block: { blockS: 0.5, minQueries: 3 } };
/** Narrower than any target asks for, so that it takes at least ten pairs and as many as make the interval narrow. */
const margin = 0.02;
const maxDurationS = 60;

interface Side {
  session: SessionConfig;
  inputs: InputPool;
  batchOutput: string | null;
}

/** How much faster quantized models are on this processor, in pairs of blocks at one thread. */
export const quantizedSpeed: PerformancePart = {
  id: 'quantized-speed',
  title: 'Speed of quantized models',
  async run(options) {
    using core = createCore({ dataDirectory: options.dataDirectory });
    using _lock = await lockMachine(options);
    const figures: Figure[] = [];
    for (const comparison of options.quick
      ? comparisons.filter(({ model }) => model === 'mobilenet-v2')
      : comparisons) {
      const isFile = comparison.model.endsWith('.onnx');
      const model = isFile ? join(options.exportedFolder, comparison.model) : comparison.model;
      if (isFile && !existsSync(model)) options.say(`${comparison.what}: left out, there is no ${model}`);
      else figures.push(...(await compare(core, { ...comparison, model }, options)));
    }
    return { state: 'measured', figures, notes };
  },
};

const notes = [
  'Speed-up over float32, with its 95 % interval: both sessions in one engine, blocks of at least half a second in the order ABBA, one thread, batch 1, the same inputs; all outputs are fetched, as a caller does. The verdict goes by the ratio itself. Calibration with generated inputs: these figures say nothing about quality.',
  'Shares of time are those of a profiled run of the quantized model, by class of operator: `integer` and `weight-only` are the kernels that quantization is for, `conversion` is what lies between integers and floats. What a call adds around the operators, copying outputs to JavaScript above all, is in the measured times and in no share.',
  'A decoder hands the keys and values of all tokens back with each new one: after 128 tokens 9.4 MB, which are appended to in the graph and copied to JavaScript, in float32 either way. The products by themselves are what 4 bits make faster, and they are nearly all of the time after one token. HardSwish has no integer kernel: it stands between conversions, and a float32 convolution would have it for nothing.',
];

async function compare(core: Core, comparison: Comparison, options: PartOptions): Promise<Figure[]> {
  const { what, recipe, target, overPython } = comparison;
  const say = (line: string): void => options.say(`${what}: ${line}`);
  const model = await findComparedModel(comparison.model, core);
  const shared = { model, folder: options.workspace };
  const quantized = await writeVariant(core, { ...comparison, ...shared, name: `${model.name}-${recipe}` });
  const baseline = await prepareSide(core, comparison);
  const candidate = withModel(baseline, quantized);
  const speed = await measure(core, baseline, candidate, say);
  const figures = [toFigure(`${what}, over float32`, speed, target)];
  if (overPython !== undefined) {
    const found = await findQuantizer();
    if ('reason' in found) say(found.reason);
    else {
      const file = await writePythonVariant(found.interpreter, staticAsPython, { ...shared, name: 'python-default' });
      const over = await measure(core, withModel(baseline, file), candidate, say);
      figures.push(toFigure(`${what}, over what Python makes by default (S8S8)`, over, overPython));
    }
  }
  figures.push(plainFigure(`${what}, where its time goes`, await describeTime(core, candidate, options.workspace)));
  return figures;
}

async function prepareSide(core: Core, { model, dims }: Comparison): Promise<Side> {
  const { session, inputs, batchOutput } = await prepareTask(core, model, 1, dims);
  return { session, inputs: inputs as InputPool, batchOutput };
}

function withModel(side: Side, modelPath: string): Side {
  return { ...side, session: { ...side.session, modelPath } };
}

async function measure(core: Core, one: Side, other: Side, say: (line: string) => void): Promise<Speed> {
  const { speed } = await measureSpeed({
    spawn: core.spawn,
    sides: [one, other],
    residence: 'together',
    residenceReason: null,
    margin,
    maxDurationS,
    rules,
    memoryLimitBytes: undefined,
  });
  say(`${speed.speedup.value.toFixed(2)} after ${speed.pairs} pairs`);
  return speed;
}

function toFigure(what: string, { speedup, latency, pairs }: Speed, target: number | null): Figure {
  const { value, interval } = speedup;
  const toText = (bound: number | null): string => bound?.toFixed(2) ?? 'unknown';
  const range = interval === null ? '' : ` (${toText(interval.low)} to ${toText(interval.high)}, ${pairs} pairs)`;
  const [from, to] = [latency.baseline, latency.candidate].map((one) => formatMilliseconds(one.value / 1e6));
  return {
    what,
    target: target === null ? null : `at least ${target}`,
    figure: `${value.toFixed(2)}${range}; ${from} to ${to}`,
    met: target === null ? null : value >= target,
  };
}

/** Shares of operator classes, and the operators that take most. */
async function describeTime(core: Core, { session, inputs }: Side, temporaryFolder: string): Promise<string> {
  const { graph } = await readModel(session.modelPath);
  const profile = await profileModel({ spawn: core.spawn, session, pool: inputs, temporaryFolder });
  const { operators } = readKernels(profile, graph);
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const classes = new Map<string, number>();
  for (const one of operators) classes.set(one.class, (classes.get(one.class) ?? 0) + one.share);
  const shares = [...classes].toSorted(([, left], [, right]) => right - left);
  const most = operators.slice(0, 4).map(({ operator, nodes, share }) => `${nodes} ${operator} ${percent(share)}`);
  return `${shares.map(([name, share]) => `${name} ${percent(share)}`).join(', ')}; ${most.join(', ')}`;
}
