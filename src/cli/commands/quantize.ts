import { Command, Option } from '@commander-js/extra-typings';
import type { ProviderId } from '../../shared/domain/provider.ts';
import type { RecipeId } from '../../shared/domain/quantization.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import {
  collectDimension,
  collectText,
  parseNumber,
  parseOneOf,
  parseShare,
  parseWholeNumber,
} from './option-values.ts';

const recipes = [
  'int8-dynamic',
  'int8-static',
  'int8-weight',
  'int4-weight',
  'fp16',
] as const satisfies readonly RecipeId[];
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];

export const quantizeCommand = defineCommand(() =>
  new Command('quantize')
    .description('a variant of a model in a lower precision; without --to, which ones are worth making here')
    .argument('<model>', 'path of an .onnx file, or the name of a model')
    .addOption(new Option('--to <recipe>', 'what to make of it').choices(recipes))
    .option('-o, --output <file>', 'file to write')
    .addOption(
      new Option('--exclude <node...>', 'nodes that stay as they are, by their names or those of outputs')
        .argParser(collectText)
        .default([], 'none'),
    )
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .addOption(new Option('--provider <id>', 'what it is proposed for').choices(providers).default('cpu' as const))
    .optionsGroup('Calibration (int8-static):')
    .option('--calibration <path>', '.npy, .npz, .csv, or a folder with test_data_set_* or .npy; else generated inputs')
    .option('--calibration-samples <n>', 'at most so many, evenly spaced (256)', parseWholeNumber(1))
    .addOption(
      new Option('--calibration-method <method>', 'how ranges follow from them; min-max unless named').choices([
        'min-max',
        'entropy',
        'percentile',
      ] as const),
    )
    .option('--percentile <p>', 'percent of the magnitudes that stay inside', parseNumber(50, 100))
    .addOption(
      new Option('--scheme <types>', 'activations and weights; as this processor wants unless named').choices([
        'u8s8',
        's8s8',
      ] as const),
    )
    .optionsGroup('Quality:')
    .option('--max-drop <share>', 'leave the fewest nodes that keep the loss within it, e.g. 0.01 or 1%', parseShare)
    .option('--evaluate <path>', 'data to judge by; else a part of the calibration data that is kept apart')
    .option('--evaluation-samples <n>', 'at most so many, evenly spaced (256)', parseWholeNumber(1))
    .option('--sensitivity', 'rank the nodes by what each costs alone; needs no -o')
    .optionsGroup('Form:')
    .option('--per-tensor', 'one scale for a whole weight (int8-dynamic, int8-static)')
    .option('--reduce-range', 'weights within 7 bits, for CPUs that saturate (int8-dynamic, int8-static)')
    .option('--block <rows>', 'rows that share a scale, 32 or 128 (int4-weight, int8-weight)', parseOneOf([32, 128]))
    .option('--asymmetric', 'a zero point for each block (int4-weight, int8-weight)')
    .option(
      '--accuracy-level <n>',
      'how it may be computed, 0 to 4 (int4-weight, int8-weight)',
      parseOneOf([0, 1, 2, 3, 4]),
    )
    .addOption(
      new Option('--float-operator <name...>', 'operators that stay in float32 (fp16, int8-static)')
        .argParser(collectText)
        .default([], 'none'),
    )
    .addHelpText(
      'after',
      examples(
        'quantize model.onnx',
        'quantize model.onnx --to int8-dynamic -o model.int8.onnx',
        'quantize model.onnx --to int8-static --calibration images.npz -o model.int8.onnx',
        'quantize model.onnx --to int8-static --calibration images.npz --max-drop 1% -o model.int8.onnx',
        'quantize decoder-124m --to int4-weight --block 128 -o decoder.int4.onnx',
      ),
    )
    .action(async (model, options, command) => {
      await perform(command, async (host) => (await import('../actions/quantize.ts')).quantize(host, model, options), {
        kept: 'Nothing is kept',
      });
    }),
);
