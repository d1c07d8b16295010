import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { parsePort } from './option-values.ts';

export const serveCommand = defineCommand(() =>
  new Command('serve')
    .description('show the screens in a browser on this machine, or at the other end of an SSH tunnel')
    .option('--port <n>', 'port of 127.0.0.1 to listen on; 0 takes one that is free', parsePort, 0)
    .option('--open', 'open the default browser', false)
    .addHelpText('after', examples('serve --open', 'serve --port 8123'))
    .action(async (options, command) => {
      await perform(command, async (host) => (await import('../actions/serve.ts')).serveScreens(host, options));
    }),
);
