import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

export const doctorCommand = defineCommand(() =>
  new Command('doctor')
    .description('what would keep a measurement here from being possible or good, with remedies')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (_options, command) => {
      await perform(command, async (host) => (await import('../actions/doctor.ts')).diagnose(host));
    }),
);
