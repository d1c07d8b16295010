import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

export const exportCommand = defineCommand(() =>
  new Command('export')
    .description('write a run with its samples and its provenance to a file')
    .argument('<run>', 'id of the run')
    .option('--format <id>', 'json, csv or jsonl', 'json')
    .option('-o, --output <path>', 'file to write; - is standard output; by default in the data directory')
    .addHelpText(
      'after',
      examples(
        'export run_0mib3p8a01k2j3x4 --format csv -o run.csv',
        'export run_0mib3p8a01k2j3x4 -o - | gzip > run.gz',
      ),
    )
    .action(async (run, options, command) => {
      await perform(command, async (host) => (await import('../actions/export.ts')).exportResult(host, run, options));
    }),
);
