import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureQuality } from '../../../src/core/compare/quality/measure-quality.ts';
import { createCore } from '../../../src/core/create-core.ts';
import { plainSession } from '../../../src/core/engine-client/session-config.ts';
import { readDigits, type DigitsPart } from '../../../src/core/models/building/digits-data.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import type { LabelledQuality } from '../../../src/shared/domain/comparison.ts';
import type { Reading } from '../../../src/shared/domain/provenance.ts';
import { findComparedModel } from '../../compare-quantizer/models.ts';
import { plainFigure, type Figure, type PerformancePart } from '../part.ts';
import { writeVariant, type VariantOptions } from './variants.ts';

const recipes: readonly Pick<VariantOptions, 'recipe' | 'parameters' | 'name'>[] = [
  { name: 'int8-static', recipe: 'int8-static' },
  { name: 'int8-static, reduced range', recipe: 'int8-static', parameters: { reduceRange: true } },
  { name: 'int8-static, entropy', recipe: 'int8-static', parameters: { calibration: 'entropy' } },
  { name: 'int8-static, percentile', recipe: 'int8-static', parameters: { calibration: 'percentile' } },
  { name: 'int8-dynamic', recipe: 'int8-dynamic' },
  { name: 'int8-weight', recipe: 'int8-weight' },
  { name: 'int4-weight, blocks of 32', recipe: 'int4-weight' },
  { name: 'int4-weight, blocks of 128', recipe: 'int4-weight', parameters: { blockSize: 128 } },
];
/** Images of the training part that calibrate; those held out are never seen. */
const calibrationImages = 200;

/** Accuracy of the trained network in float32 and by every recipe, on images that were held out from training. */
export const quantizedAccuracy: PerformancePart = {
  id: 'quantized-accuracy',
  title: 'Accuracy of quantized models',
  async run(options) {
    using core = createCore({ dataDirectory: options.dataDirectory });
    const model = await findComparedModel('digits-cnn', core);
    const folder = options.workspace;
    const calibration = await writeDigits('training', calibrationImages, join(folder, 'calibration.bin'));
    const heldOut = await writeDigits('held-out', Number.POSITIVE_INFINITY, join(folder, 'held-out.bin'));
    const figures: Figure[] = [];
    for (const [index, one] of (options.quick ? recipes.slice(0, 1) : recipes).entries()) {
      const file = await writeVariant(core, { ...one, model, pool: calibration.pool, folder, name: `digits-${index}` });
      const { quality } = await measureQuality({
        spawn: core.spawn,
        baseline: plainSession(model.path),
        candidate: plainSession(file),
        pool: heldOut.pool,
        batch: 1,
        labels: heldOut.labels,
        voidReason: null,
        temporaryFolder: folder,
      });
      if (quality?.labelled == null) throw new Error(`${one.name} has no outputs that can be compared`);
      if (figures.length === 0) figures.push(plainFigure('float32', formatAccuracy(quality.labelled.baseline)));
      options.say(`${one.name}: ${formatAccuracy(quality.labelled.candidate)}`);
      figures.push(plainFigure(one.name, describe(quality.labelled)));
    }
    return {
      state: 'measured',
      figures,
      notes: [
        `digits-cnn, trained on 1,257 images, on the ${heldOut.pool.feeds} that were held out: share of right answers with its 95 % Wilson interval; the difference from float32 with an interval for paired proportions, the images that only one of the two gets right, and the exact p value of McNemar's test. Calibrated with the first ${calibrationImages} training images. \`fp16\` is left out: a CPU computes it in float32, so its accuracy here would say nothing.`,
      ],
    };
  },
};

async function writeDigits(part: DigitsPart, most: number, path: string) {
  const { features, featureDims, labels } = await readDigits(part);
  const feeds = Math.min(most, labels.length);
  const dims = [1, ...featureDims];
  const elements = dims.reduce((size, dim) => size * dim, 1);
  const bytes = Buffer.from(features.buffer, features.byteOffset, 4 * feeds * elements);
  await writeFile(path, bytes);
  const pool: InputPool = {
    path,
    sha256: sha256Schema.parse(createHash('sha256').update(bytes).digest('hex')),
    feeds,
    tensors: [{ name: 'image', type: 'float32', dims, byteLength: 4 * elements }],
    distinctSamples: feeds,
    source: 'files',
    seed: null,
    remarks: [],
  };
  return { pool, labels: labels.slice(0, feeds) };
}

function formatAccuracy({ value, interval, n }: Reading): string {
  return `${percent(value)}${interval === null ? '' : ` (${percent(interval.low ?? 0)} to ${percent(interval.high ?? 1)})`} of ${n ?? 0}`;
}

function describe({
  candidate,
  difference,
  onlyBaselineRight,
  onlyCandidateRight,
  mcNemarPValue,
}: LabelledQuality): string {
  const points = (value: number): string => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  const { value, interval } = difference;
  const range = interval === null ? '' : ` (${points(interval.low ?? -1)} to ${points(interval.high ?? 1)})`;
  return [
    formatAccuracy(candidate),
    `difference ${points(value)}${range} points`,
    `only float32 right ${onlyBaselineRight}, only quantized right ${onlyCandidateRight}, p ${mcNemarPValue.toFixed(2)}`,
  ].join('; ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
