import { createCore } from '../../../src/core/create-core.ts';
import { compareAll, objections } from '../../compare-quantizer/compare-all.ts';
import type { CaseResult } from '../../compare-quantizer/compare-model.ts';
import { findQuantizer } from '../../compare-quantizer/find-quantizer.ts';
import { plainFigure, type Figure, type PerformancePart } from '../part.ts';

/** Weights, scales and zero points against those of the official Python package, byte by byte. */
export const quantizerTensors: PerformancePart = {
  id: 'quantizer-tensors',
  title: 'Quantized tensors against the official Python package',
  async run(options) {
    const found = await findQuantizer();
    if ('reason' in found) return { state: 'skipped', reason: found.reason };
    using core = createCore({ dataDirectory: options.dataDirectory });
    const results: CaseResult[] = [];
    const compared = compareAll({
      ...found,
      core,
      names: options.quick ? ['mobilenet-v2'] : [],
      exportedFolder: options.exportedFolder,
      folder: options.workspace,
      say: options.say,
    });
    for await (const ofModel of compared) {
      results.push(...ofModel);
      for (const result of ofModel) {
        for (const objection of objections(result)) options.say(`${result.model}, ${result.name}: ${objection}`);
      }
    }
    const models = [...new Set(results.map(({ model }) => model))];
    return {
      state: 'measured',
      figures: [
        toFigure('all together', results),
        ...models.map((model) =>
          toFigure(
            model,
            results.filter((one) => one.model === model),
          ),
        ),
        ...countOwn(results),
      ],
      notes: [
        'Quantized weights, scales and zero points of every way of quantizing that both have: dynamic per channel, per tensor and with a reduced range; blocks of 32 and 128 with 4 and 8 bits, symmetric and asymmetric; static min-max in U8S8 per channel, S8S8 per tensor (what Python does unless told otherwise) and S8S8 symmetric per channel, after the pre-processing of either side, with the same four inputs. A tensor that Python makes and the application does not counts as different.',
        'The first five are built here and compared in all ways; the others, in three ways each that together are all recipes, are written by the two exporters of PyTorch 2 (`-traced`: `dynamo=False`, operator set 17; `-dynamo`: `dynamo=True`, operator set 18) from torchvision and transformers with random weights.',
      ],
    };
  },
};

function toFigure(what: string, results: readonly CaseResult[]): Figure {
  const tensors = results.flatMap((one) => (one.tensors === null ? [] : [one.tensors]));
  const all = tensors.flatMap(({ weights, scales, zeroPoints }) => [weights, scales, zeroPoints]);
  const sum = (pick: 'compared' | 'different'): number => all.reduce((total, one) => total + one[pick], 0);
  const wrong = results.flatMap(objections).length;
  const ways = `${tensors.length} ${tensors.length === 1 ? 'way' : 'ways'}`;
  return {
    what,
    target: 'no difference',
    figure: `${sum('compared').toLocaleString('en')} elements in ${ways}, ${sum('different').toLocaleString('en')} differ`,
    met: wrong === 0 && tensors.length > 0,
  };
}

/** What is quantized here and not by Python, or not without help. */
function countOwn(results: readonly CaseResult[]): Figure[] {
  const more = new Set(results.flatMap(({ model, tensors }) => (tensors?.onlyHere.length ? [model] : [])));
  const failing = new Set(results.flatMap(({ model, failedPython }) => (failedPython === null ? [] : [model])));
  const helped = new Set(
    results.flatMap(({ model, helpForPython }) => (helpForPython === null ? [] : [`${model} (${helpForPython})`])),
  );
  const list = (models: ReadonlySet<string>): string => (models.size === 0 ? 'none' : [...models].join(', '));
  return [
    plainFigure('more is quantized here in', list(more)),
    plainFigure('Python does not quantize in every way', list(failing)),
    plainFigure('Python only succeeds with help', list(helped)),
  ];
}
