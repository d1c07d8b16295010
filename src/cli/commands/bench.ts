import { Command, Option } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parseJson, parseWholeNumber } from './option-values.ts';

/** Under three minutes, with room for the last configuration to be slower than estimated. */
const defaultBudgetS = 170;

export const benchCommand = defineCommand(() =>
  new Command('bench')
    .description('measure this machine with built-in models in under three minutes')
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .option(
      '--budget <seconds>',
      'time for everything; what does not fit is left out',
      parseWholeNumber(1),
      defaultBudgetS,
    )
    .addOption(new Option('--override <json>', 'rules of the grade to change').argParser(parseJson).hideHelp())
    .addHelpText('after', examples('bench', 'bench --json > bench.json', 'bench --budget 60'))
    .action(async (options, command) => {
      await perform(command, async (host) => (await import('../actions/bench.ts')).bench(host, options));
    }),
);
