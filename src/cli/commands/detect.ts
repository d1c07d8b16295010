import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

export const detectCommand = defineCommand(() =>
  new Command('detect')
    .description('what this machine is, and which execution providers work on it')
    .addHelpText('after', examples('detect', 'detect --json > machine.json'))
    .action(async (_options, command) => {
      await perform(command, async (host) => (await import('../actions/detect.ts')).detect(host));
    }),
);
