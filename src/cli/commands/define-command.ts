import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { invocation } from '../../core/invocation.ts';

/** One command of the command line. What it does is imported when it runs, so that --help stays quick. */
export interface CommandDescriptor {
  build(): CommandUnknownOpts;
}

/** Declares a command; it becomes available with its line in the registry. */
export function defineCommand(build: () => CommandUnknownOpts): CommandDescriptor {
  return { build };
}

/** Examples at the end of a command's help, one line each. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${invocation} ${line}`)].join('\n');
}
