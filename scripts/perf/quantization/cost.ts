import { join } from 'node:path';
import { createCore } from '../../../src/core/create-core.ts';
import { dynamicPerChannel, staticForX64, type QuantizerCase } from '../../compare-quantizer/cases.ts';
import { writeCalibrationPool } from '../../compare-quantizer/calibration-pool.ts';
import { compareCost, type Cost } from '../../compare-quantizer/compare-cost.ts';
import { findQuantizer } from '../../compare-quantizer/find-quantizer.ts';
import { findComparedModel } from '../../compare-quantizer/models.ts';
import { formatMegabytes, formatSeconds, lockMachine, type Figure, type PerformancePart } from '../part.ts';

interface Target {
  model: string;
  case: QuantizerCase;
  /** Calibration inputs; 0 where none are needed. */
  samples: number;
  /** Most of Python's time. */
  time: number;
}

const targets: readonly Target[] = [
  { model: 'bert-base', case: dynamicPerChannel, samples: 0, time: 0.5 },
  { model: 'resnet50', case: staticForX64, samples: 32, time: 0.7 },
];
/** Most of Python's memory. */
const memoryTarget = 0.6;
const runs = 5;

/** Time and memory of quantizing, side by side with the official Python package. */
export const quantizerCost: PerformancePart = {
  id: 'quantizer-cost',
  title: 'Time and memory of quantizing against the official Python package',
  async run(options) {
    if (process.platform !== 'linux') return { state: 'skipped', reason: 'Memory of processes is read from /proc.' };
    const found = await findQuantizer();
    if ('reason' in found) return { state: 'skipped', reason: found.reason };
    using core = createCore({ dataDirectory: options.dataDirectory });
    using _lock = await lockMachine(options);
    const figures: Figure[] = [];
    for (const target of options.quick ? targets.slice(1) : targets) {
      const model = await findComparedModel(target.model, core);
      const file = join(options.workspace, `${target.model}.bin`);
      const pool = target.samples === 0 ? null : await writeCalibrationPool(model, target.samples, file);
      const { here, python } = await compareCost(model, target.case, {
        ...found,
        pool,
        runs: options.quick ? 1 : runs,
        folder: options.workspace,
        say: (line) => options.say(`${target.model}: ${line}`),
      });
      figures.push(...toFigures(target, here, python));
    }
    return {
      state: 'measured',
      figures,
      notes: [
        `Medians of ${runs} runs, in turn. Time is that of a whole process, from its start to its end: ours with the check, in which an engine loads and runs the result; Python's with its imports and, for static quantization, its pre-processing. Memory is the most that all processes of a side had resident at one time, looked at every 5 ms; pages that two processes share count twice.`,
        'Python: `quantize_dynamic` for MatMul, per channel; `quant_pre_process` and `quantize_static` in QDQ form, U8S8, per channel, min-max, with 32 inputs. The application reads, hashes and writes the same files.',
      ],
    };
  },
};

function toFigures({ model, case: { name }, samples, time }: Target, here: Cost, python: Cost): Figure[] {
  const what = `${model}, ${name}${samples === 0 ? '' : `, ${samples} inputs`}`;
  const ratio = (
    of: string,
    limit: number,
    pick: (cost: Cost) => number,
    format: (value: number) => string,
  ): Figure => {
    const value = pick(here) / pick(python);
    return {
      what: `${what}: ${of}`,
      target: `at most ${limit} of Python's`,
      figure: `${value.toFixed(2)}; ${format(pick(here))} over ${format(pick(python))}`,
      met: value <= limit,
    };
  };
  return [
    ratio('time', time, ({ wallS }) => wallS, formatSeconds),
    ratio('memory', memoryTarget, ({ peakBytes }) => peakBytes, formatMegabytes),
  ];
}
