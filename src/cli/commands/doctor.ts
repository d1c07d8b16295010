import { Command, Option } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parseSeconds } from './option-values.ts';

export const doctorCommand = defineCommand(() =>
  new Command('doctor')
    .description('what would keep a measurement here from being possible or good, with remedies')
    .option('--method', 'also check, for two minutes, how load is generated and timed, with a service of known time')
    .addOption(
      new Option('--seconds <s>', 'length of each load of --method; shorter ones tell less')
        .argParser(parseSeconds)
        .hideHelp(),
    )
    .addHelpText('after', examples('doctor', 'doctor --method', 'doctor --json'))
    .action(async ({ method = false, seconds }, command) => {
      await perform(command, async (host) =>
        (await import('../actions/doctor.ts')).diagnose(host, { method, seconds }),
      );
    }),
);
