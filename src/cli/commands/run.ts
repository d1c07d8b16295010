import { Command, Option } from '@commander-js/extra-typings';
import type { GradeId, ScenarioId } from '../../shared/domain/plan.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import {
  collectDimension,
  parseChoices,
  parseJson,
  parseNumber,
  parseNumbers,
  parsePositiveNumbers,
  parseWholeNumber,
  parseWholeNumbers,
} from './option-values.ts';

// Spelled out here, because the vocabulary's own list would load zod for --help.
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];
const defaultProviders: ProviderId[] = ['cpu'];
const scenarios = [
  'single-stream',
  'offline',
  'multi-stream',
  'server',
  'idle-gap',
  'decode',
  'cold-start',
] as const satisfies readonly ScenarioId[];
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
    .option('--device <n>', 'device of CUDA, TensorRT, DirectML or Core ML (default: 0)', parseWholeNumber(0))
    .option('--batch <sizes>', 'samples in one query', parseWholeNumbers(1), [1])
    .option('--threads <counts>', '0 = one per physical core', parseWholeNumbers(0), [0])
    .addOption(
      new Option(
        '--scenario <id>',
        'single-stream: latency of one caller; offline: throughput; multi-stream: samples that arrive together; server: queries that arrive when they want; idle-gap: after pauses; decode: text with a key-value cache; cold-start: first answer of a fresh process',
      )
        .choices(scenarios)
        .default('single-stream' as const),
    )
    .option('--rate <rates>', 'server: queries that arrive per second', parsePositiveNumbers)
    .option('--max-batch <n>', 'server: most queries that share one call', parseWholeNumber(1))
    .option(
      '--max-delay-ms <ms>',
      'server: longest time that a query waits for others (default: 0)',
      parseNumber(0, 1e6),
    )
    .option(
      '--slo-ms <ms>',
      'limit of the latency; what is too slow for it is left out, and server searches its highest rate unless --rate is given',
      parseNumber(1e-6, 1e9),
    )
    .option('--percentile <p>', 'percentile that has to keep --slo-ms (default: 99)', parseNumber(1e-6, 99.999))
    .option(
      '--pause-ms <times>',
      'idle-gap: between an answer and the next query (default: 0,10,50,100,200,500,1000)',
      parseNumbers(0, 3.6e6),
    )
    .option('--prompt-tokens <counts>', 'decode: tokens of a prompt (default: 32,128)', parseWholeNumbers(1))
    .option('--new-tokens <n>', 'decode: tokens that are generated after it (default: 64)', parseWholeNumber(2))
    .option(
      '--instances <counts>',
      'engines that work at once, each on processors of its own (default: 1)',
      parseWholeNumbers(1),
    )
    .option('--oversubscribe', 'allow more threads of all instances than there are processors', false)
    .addOption(
      new Option('--grade <id>', 'quick: 10 s, p50 and p90; standard: 60 s, up to p99; reference: 10 min')
        .choices(grades)
        .default('quick' as const),
    )
    .option('--seed <n>', 'seed of the generated inputs', parseWholeNumber(0), 0)
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--inputs <folder>', 'folder with test_data_set_* folders to use as inputs')
    .option('--repeats <n>', 'fresh processes per configuration (default: 1, 3, 5 by grade)', parseWholeNumber(1))
    .option('--exclusive', 'refuse to measure while other programs use the processor or the GPU', false)
    .option(
      '--ceiling-w <watts>',
      'also assume this power, such as the TDP, as a ceiling of the energy',
      parseNumber(0.001, 1e6),
    )
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .option('--resume <run>', 'go on with a run that was paused, interrupted or cancelled')
    .option('--retry', 'with --resume: measure again what crashed, timed out or was refused', false)
    .addOption(new Option('--override <json>', 'rules of the grade to change').argParser(parseJson).hideHelp())
    .addHelpText(
      'after',
      examples(
        'run model.onnx',
        'run resnet50 --batch 1,2,4,8 --scenario offline',
        'run model.onnx --scenario server --rate 500,1000 --max-batch 8 --max-delay-ms 2',
        'run model.onnx --scenario server --slo-ms 10 --percentile 99',
        'run decoder-124m --scenario decode --prompt-tokens 32,128 --new-tokens 64',
        'run model.onnx --scenario offline --threads 1 --instances 1,2,4',
        'run model.onnx --provider cpu,cuda --grade standard --dim sequence=128',
        'run --resume run_0mib3p8a01k2j3x4',
      ),
    )
    .action(async (models, options, command) => {
      await perform(command, async (host) => (await import('../actions/run.ts')).run(host, models, options));
    }),
);
