import { Command, Option } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parseTime, parseWholeNumber } from './option-values.ts';

const list = () =>
  new Command('list')
    .description('runs that are stored, newest first (default)')
    .option('--model <name>', 'only runs of this model')
    .option('--provider <id>', 'only runs on this execution provider')
    .addOption(
      new Option('--verdict <verdict>', 'only runs with such a result').choices([
        'VALID',
        'VALID WITH REMARKS',
        'INVALID',
      ] as const),
    )
    .addOption(
      new Option('--state <state>', 'only runs in this state').choices([
        'running',
        'completed',
        'paused',
        'cancelled',
        'interrupted',
      ] as const),
    )
    .option('--since <time>', 'only runs started at this date or time or later', parseTime)
    .option('--limit <n>', 'number of runs to show', parseWholeNumber(1), 20)
    .addHelpText('after', examples('results --model resnet50', 'results list --since 2025-01-31 --limit 100'))
    .action(async (options, command) => {
      await perform(command, async (host) => (await import('../actions/results.ts')).listResults(host, options));
    });

const show = () =>
  new Command('show')
    .description('the readings of one run')
    .argument('<run>', 'id of the run')
    .option('--samples', 'list the latency of every query that was kept', false)
    .addHelpText('after', examples('results show run_0mib3p8a01k2j3x4'))
    .action(async (run, options, command) => {
      await perform(command, async (host) => (await import('../actions/results.ts')).showResults(host, run, options));
    });

const remove = () =>
  new Command('delete')
    .description('delete a run with its samples')
    .argument('<run>', 'id of the run')
    .addHelpText('after', examples('results delete run_0mib3p8a01k2j3x4'))
    .action(async (run, _options, command) => {
      await perform(command, async (host) => (await import('../actions/results.ts')).deleteResults(host, run));
    });

export const resultsCommand = defineCommand(() =>
  new Command('results')
    .description('what was measured earlier')
    .addHelpText('after', examples('results', 'results show run_0mib3p8a01k2j3x4'))
    .addCommand(list(), { isDefault: true })
    .addCommand(show())
    .addCommand(remove()),
);
