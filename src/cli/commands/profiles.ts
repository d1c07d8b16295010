import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parseWholeNumber } from './option-values.ts';

const list = () =>
  new Command('list')
    .description('profiles that are stored, newest first (default)')
    .option('--model <name>', 'only those of this model')
    .option('--limit <n>', 'number of profiles to show', parseWholeNumber(1), 20)
    .addHelpText('after', examples('profiles --model resnet50'))
    .action(async (options, command) => {
      await perform(command, async (host) => (await import('../actions/profiles.ts')).listProfiles(host, options));
    });

const show = () =>
  new Command('show')
    .description('one profile, or two side by side')
    .argument('<profile>', 'id of the profile')
    .option('--against <profile>', 'id of another, to set both side by side')
    .option('--nodes', 'list every node and not only the operators', false)
    .addHelpText('after', examples('profiles show prf_0mib3p8a01k2j3x4'))
    .action(async (profile, options, command) => {
      await perform(command, async (host) =>
        (await import('../actions/profiles.ts')).showProfile(host, profile, options),
      );
    });

const remove = () =>
  new Command('delete')
    .description('delete a profile')
    .argument('<profile>', 'id of the profile')
    .addHelpText('after', examples('profiles delete prf_0mib3p8a01k2j3x4'))
    .action(async (profile, _options, command) => {
      await perform(command, async (host) => (await import('../actions/profiles.ts')).deleteProfile(host, profile));
    });

export const profilesCommand = defineCommand(() =>
  new Command('profiles')
    .description('what was profiled earlier')
    .addHelpText('after', examples('profiles', 'profiles show prf_0mib3p8a01k2j3x4'))
    .addCommand(list(), { isDefault: true })
    .addCommand(show())
    .addCommand(remove()),
);
