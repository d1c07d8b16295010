import { Command, Option } from '@commander-js/extra-typings';
import type { GradeId, ScenarioId } from '../../shared/domain/plan.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { collectDimension, parseChoices, parseJson, parseWholeNumber, parseWholeNumbers } from './option-values.ts';

// Spelled out here, because the vocabulary's own list would load zod for --help.
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];
const defaultProviders: ProviderId[] = ['cpu'];
const scenarios = ['single-stream', 'offline'] as const satisfies readonly ScenarioId[];
const grades = ['quick', 'standard', 'reference'] as const satisfies readonly GradeId[];

export const runCommand = defineCommand(() =>
  new Command('run')
    .description('measure models on this machine; every combination of the options is one configuration')
    .argument('[model...]', 'paths of .onnx files, or names of models')
    .option(
      '--provider <ids>',
      `execution providers: ${providers.join(', ')}`,
      parseChoices<ProviderId>(providers),
      defaultProviders,
    )
    .option('--batch <sizes>', 'samples in one query', parseWholeNumbers(1), [1])
    .option('--threads <counts>', '0 = one per physical core', parseWholeNumbers(0), [0])
    .addOption(
      new Option('--scenario <id>', 'single-stream measures latency, offline throughput')
        .choices(scenarios)
        .default('single-stream' as const),
    )
    .addOption(
      new Option('--grade <id>', 'quick: 10 s, p50 and p90; standard: 60 s, up to p99; reference: 10 min')
        .choices(grades)
        .default('quick' as const),
    )
    .option('--seed <n>', 'seed of the generated inputs', parseWholeNumber(0), 0)
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--inputs <folder>', 'folder with test_data_set_* folders to use as inputs')
    .option('--repeats <n>', 'fresh processes per configuration (default: 1, 3, 5 by grade)', parseWholeNumber(1))
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .option('--resume <run>', 'go on with a run that was interrupted or cancelled')
    .addOption(new Option('--override <json>', 'rules of the grade to change').argParser(parseJson).hideHelp())
    .addHelpText(
      'after',
      examples(
        'run model.onnx',
        'run resnet50 --batch 1,2,4,8 --scenario offline',
        'run model.onnx --provider cpu,cuda --grade standard --dim sequence=128',
        'run --resume run_0mib3p8a01k2j3x4',
      ),
    )
    .action(async (models, options, command) => {
      await perform(command, async (host) => (await import('../actions/run.ts')).run(host, models, options));
    }),
);
