import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { collectDimension, parseWholeNumber } from './option-values.ts';

export const inspectCommand = defineCommand(() =>
  new Command('inspect')
    .description('what is in a model, and what one inference costs in operations and bytes')
    .argument('<model>', 'path of an .onnx file, or the name of a model')
    .option('--batch <n>', 'samples in one inference', parseWholeNumber(1), 1)
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--nodes', 'list every node', false)
    .addHelpText('after', examples('inspect model.onnx', 'inspect distilbert --dim sequence=128 --nodes'))
    .action(async (model, options, command) => {
      await perform(command, async (host) => (await import('../actions/inspect.ts')).inspect(host, model, options));
    }),
);
