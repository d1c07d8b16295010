import { Command, Option } from '@commander-js/extra-typings';
import type { GradeId, Objective } from '../../shared/domain/plan.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import {
  collectDimension,
  parseChoices,
  parseJson,
  parseNumber,
  parseWholeNumber,
  parseWholeNumbers,
} from './option-values.ts';

// Spelled out here, because the vocabulary's own list would load zod for --help.
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];
const defaultProviders: ProviderId[] = ['cpu'];
const objectives = ['throughput', 'latency', 'cost', 'energy'] as const satisfies readonly Objective[];
const grades = ['quick', 'standard', 'reference'] as const satisfies readonly GradeId[];

export const tuneCommand = defineCommand(() =>
  new Command('tune')
    .description('find the best batch, threads, instances, provider and variant without measuring all of them')
    .argument(
      '[model...]',
      'a model and its variants: paths of .onnx files, or names of models; the first has the defaults',
    )
    .addOption(
      new Option('--objective <what>', 'what to have most of, or least: throughput, latency, cost, energy')
        .choices(objectives)
        .default('throughput' as const),
    )
    .option('--slo-ms <ms>', 'limit of the latency of a query that has to be kept', parseNumber(1e-6, 1e9))
    .option('--percentile <p>', 'percentile that has to keep --slo-ms (default: 90)', parseNumber(1e-6, 99.999))
    .option(
      '--price-per-hour <price>',
      'price of this machine, in any currency: gives the cost of 1,000 predictions',
      parseNumber(1e-9, 1e9),
    )
    .option(
      '--provider <ids>',
      `execution providers to search among: ${providers.join(', ')}`,
      parseChoices<ProviderId>(providers),
      defaultProviders,
    )
    .option('--batch <sizes>', 'batches to search among', parseWholeNumbers(1), [1, 2, 4, 8, 16, 32])
    .option(
      '--threads <counts>',
      'threads to search among (default: halves of the cores, and 0 = one per core)',
      parseWholeNumbers(0),
    )
    .option(
      '--instances <counts>',
      'processes at once to search among (default: doubled up to the cores)',
      parseWholeNumbers(1),
    )
    .addOption(
      new Option('--grade <id>', 'how the winner and the defaults are measured in the end')
        .choices(grades)
        .default('quick' as const),
    )
    .option('--seed <n>', 'seed of the generated inputs and of the order of trials', parseWholeNumber(0), 0)
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--inputs <folder>', 'folder with test_data_set_* folders to use as inputs')
    .option(
      '--repeats <n>',
      'fresh processes of what is measured in full (default: 1, 3, 5 by grade)',
      parseWholeNumber(1),
    )
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .option('--resume <run>', 'go on with a search that was interrupted or cancelled')
    .addOption(new Option('--override <json>', 'rules of the grade to change').argParser(parseJson).hideHelp())
    .addHelpText(
      'after',
      examples(
        'tune resnet50',
        'tune model.onnx --slo-ms 20 --percentile 90',
        'tune model.onnx model-int8.onnx --objective cost --price-per-hour 1.60 --slo-ms 50',
        'tune --resume run_0mib3p8a01k2j3x4',
      ),
    )
    .action(async (models, options, command) => {
      await perform(command, async (host) => (await import('../actions/tune.ts')).tune(host, models, options));
    }),
);
