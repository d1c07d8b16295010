import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

export const benchCommand = defineCommand(() =>
  new Command('bench')
    .description('measure this machine with built-in models in under three minutes')
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .addHelpText('after', examples('bench', 'bench --json > bench.json'))
    .action(async (options, command) => {
      await perform(command, async (host) => (await import('../actions/bench.ts')).bench(host, options));
    }),
);
