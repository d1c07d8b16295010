import { Command, Option } from '@commander-js/extra-typings';
import type { RecipeId } from '../../shared/domain/quantization.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { collectDimension, collectText, parseWholeNumber } from './option-values.ts';

const recipes = ['int8-dynamic', 'int8-weight', 'int4-weight', 'fp16'] as const satisfies readonly RecipeId[];

export const quantizeCommand = defineCommand(() =>
  new Command('quantize')
    .description('a variant of a model in a lower precision')
    .argument('<model>', 'path of an .onnx file, or the name of a model')
    .addOption(new Option('--to <recipe>', 'what to make of it').choices(recipes).makeOptionMandatory(true))
    .requiredOption('-o, --output <file>', 'file to write')
    .option(
      '--exclude <node>',
      'node that stays as it is, by its name or that of an output (repeatable)',
      collectText,
      [],
    )
    .option(
      '--block <rows>',
      'rows of a weight that share a scale, 32 or 128 (int4-weight, int8-weight)',
      parseWholeNumber(1),
    )
    .option('--asymmetric', 'a zero point for each block (int4-weight, int8-weight)')
    .option(
      '--accuracy-level <n>',
      'how ONNX Runtime may compute, 0 to 4 (int4-weight, int8-weight)',
      parseWholeNumber(0),
    )
    .option('--per-tensor', 'one scale for a whole weight (int8-dynamic)')
    .option('--reduce-range', 'weights within 7 bits, for CPUs without VNNI (int8-dynamic)')
    .option('--float-operator <name>', 'operator that stays in float32 (fp16, repeatable)', collectText, [])
    .option('--dim <name=size>', 'size of a symbolic dimension for the check (repeatable)', collectDimension, {})
    .addHelpText(
      'after',
      examples(
        'quantize model.onnx --to int8-dynamic -o model.int8.onnx',
        'quantize decoder-124m --to int4-weight --block 128 -o decoder.int4.onnx',
      ),
    )
    .action(async (model, options, command) => {
      await perform(command, async (host) => (await import('../actions/quantize.ts')).quantize(host, model, options));
    }),
);
