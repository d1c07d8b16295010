#!/usr/bin/env -S node --max-semi-space-size=1
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, type CommandUnknownOpts, type Option } from '@commander-js/extra-typings';
import { packageRoot } from '../core/resources.ts';
import { examples } from './commands/define-command.ts';
import { commands } from './commands/registry.ts';
import { reportUsage } from './host.ts';
import { invocation } from '../core/invocation.ts';

/** What commander would say on standard error; it is said in the same three lines as any other error. */
let refusal = '';

const program = new Command('inferometer')
  .description('Measures what a machine-learning model costs on the hardware that is really there.')
  .version(`inferometer ${readVersion()}`, '-V, --version', 'print the version')
  .helpCommand('help [command]', 'print the help of a command')
  .option('--data-dir <folder>', 'where models and results are kept')
  .option('--json', 'one JSON document on standard output')
  .option('--no-color', 'no colours; NO_COLOR does the same')
  .addHelpText('after', examples('bench', 'run model.onnx --batch 1,4', 'results'))
  .addHelpText(
    'after',
    '\nExit codes: 0 ok, 2 usage or bad input, 3 result is INVALID, 4 engine crashed, 130 cancelled.',
  );
for (const { build } of commands) program.addCommand(build());
settle(program);

// `inferometer results | head` closes the pipe early: what is left to write is of no interest, what runs is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  const message = `Standard output cannot be written to (${error.code ?? error.message}).`;
  reportUsage(message, 'Free some space, or send the output elsewhere.', { command: null, json: false });
  process.exit();
});
process.stderr.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  const isHelpInstead = error.code === 'commander.help';
  if (error.exitCode === 0) process.exitCode = 0;
  else if (!isHelpInstead || process.argv.includes('--json'))
    refuse(isHelpInstead ? 'No command was named.' : error.message);
  else process.exitCode = 2;
}

/** Commander ends the process by itself unless told otherwise, and added commands do not take that over. */
function settle(command: CommandUnknownOpts): void {
  command.exitOverride();
  command.showSuggestionAfterError();
  command.helpOption('-h, --help', 'print this help');
  command.configureHelp({ showGlobalOptions: true, optionDescription: describeOption });
  command.configureOutput({
    outputError: (text) => {
      refusal += text;
    },
  });
  for (const one of command.commands) settle(one);
}

function describeOption({ description, argChoices, defaultValue }: Option): string {
  const notes = [
    argChoices === undefined ? '' : argChoices.join(', '),
    typeof defaultValue === 'string' ||
    typeof defaultValue === 'number' ||
    (Array.isArray(defaultValue) && defaultValue.length > 0)
      ? `default: ${String(defaultValue)}`
      : '',
  ].filter((note) => note !== '');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

function refuse(reason: string): void {
  const [message = '', suggestion] = (refusal || reason)
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const name = process.argv.slice(2).find((argument) => program.commands.some((one) => one.name() === argument));
  const help = `Run "${invocation} ${name === undefined ? '' : `${name} `}--help" for what can be given.`;
  const remedy = suggestion === undefined ? help : `${suggestion.replace(/^\((.*)\)$/, '$1')} ${help}`;
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  reportUsage(/[.?]$/.test(sentence) ? sentence : `${sentence}.`, remedy, {
    command: name ?? null,
    json: process.argv.includes('--json'),
  });
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
