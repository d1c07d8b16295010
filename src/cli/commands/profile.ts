import { Command, Option } from '@commander-js/extra-typings';
import type { PeaksUse } from '../../shared/domain/profile.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { collectDimension, parseWholeNumber } from './option-values.ts';

// Spelled out here, because the vocabulary's own list would load zod for --help.
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];
const peaks = ['measure', 'stored', 'refresh'] as const satisfies readonly PeaksUse[];

export const profileCommand = defineCommand(() =>
  new Command('profile')
    .description('where the time of a model goes: operators, providers, and how near it comes to the machine')
    .argument('<model>', 'path of an .onnx file, name of a model, or id of a result to profile as it was measured')
    .addOption(new Option('--provider <id>', 'execution provider').choices(providers))
    .option('--batch <n>', 'samples in one query', parseWholeNumber(1))
    .option('--threads <n>', '0 = one per physical core', parseWholeNumber(0))
    .option('--device <n>', 'device number, for providers that have several', parseWholeNumber(0))
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--inputs <folder>', 'folder with test_data_set_* folders to use as inputs')
    .option('--seed <n>', 'seed of the generated inputs', parseWholeNumber(0))
    .option('--against <model>', 'profile this one as well and set both side by side')
    .addOption(
      new Option('--peaks <use>', 'measure: peaks of this machine once, refresh: anew, stored: never')
        .choices(peaks)
        .default('measure' as const),
    )
    .option('--nodes', 'list every node and not only the operators', false)
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .addHelpText(
      'after',
      examples(
        'profile resnet50',
        'profile model.onnx --provider cuda --batch 8',
        'profile model.onnx --against model.int8.onnx --threads 1',
        'profile run_0mib3p8a01k2j3x4',
      ),
    )
    .action(async (model, options, command) => {
      await perform(command, async (host) => (await import('../actions/profile.ts')).profile(host, model, options));
    }),
);
