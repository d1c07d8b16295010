import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parseWholeNumber } from './option-values.ts';

const list = () =>
  new Command('list')
    .description('comparisons that are stored, newest first (default)')
    .option('--model <name>', 'only those with this model on either side')
    .option('--limit <n>', 'number of comparisons to show', parseWholeNumber(1), 20)
    .addHelpText('after', examples('comparisons --model resnet50'))
    .action(async (options, command) => {
      await perform(command, async (host) =>
        (await import('../actions/comparisons.ts')).listComparisons(host, options),
      );
    });

const show = () =>
  new Command('show')
    .description('one comparison with its evidence')
    .argument('<comparison>', 'id of the comparison')
    .option('--pairs', 'list the median latencies of every pair of blocks', false)
    .addHelpText('after', examples('comparisons show cmp_0mib3p8a01k2j3x4'))
    .action(async (comparison, options, command) => {
      await perform(command, async (host) =>
        (await import('../actions/comparisons.ts')).showComparison(host, comparison, options),
      );
    });

const remove = () =>
  new Command('delete')
    .description('delete a comparison with its samples')
    .argument('<comparison>', 'id of the comparison')
    .addHelpText('after', examples('comparisons delete cmp_0mib3p8a01k2j3x4'))
    .action(async (comparison, _options, command) => {
      await perform(command, async (host) =>
        (await import('../actions/comparisons.ts')).deleteComparison(host, comparison),
      );
    });

export const comparisonsCommand = defineCommand(() =>
  new Command('comparisons')
    .description('what was compared earlier')
    .addHelpText('after', examples('comparisons', 'comparisons show cmp_0mib3p8a01k2j3x4'))
    .addCommand(list(), { isDefault: true })
    .addCommand(show())
    .addCommand(remove()),
);
