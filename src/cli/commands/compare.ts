import { Command } from '@commander-js/extra-typings';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';
import { collectDimension, parseChoice, parseSeconds, parseShare, parseWholeNumber } from './option-values.ts';

// Spelled out here, because the vocabulary's own list would load zod for --help.
const providers = ['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml'] as const satisfies readonly ProviderId[];

export const compareCommand = defineCommand(() =>
  new Command('compare')
    .description('one verdict on two models, providers or results: faster or not, and what it costs in quality')
    .argument(
      '<baseline>',
      'path of an .onnx file, name of a model, or id of a result; each may end in @provider:threads',
    )
    .argument('[candidate...]', 'what is compared with it; the same model when left out')
    .option('--provider <id>', `execution provider: ${providers.join(', ')}`, parseChoice<ProviderId>(providers))
    .option(
      '--provider-candidate <id>',
      'that of the candidates, when it is another',
      parseChoice<ProviderId>(providers),
    )
    .option('--threads <n>', '0 = one per physical core', parseWholeNumber(0))
    .option('--threads-candidate <n>', 'those of the candidates, when they are others', parseWholeNumber(0))
    .option('--batch <n>', 'samples in one query', parseWholeNumber(1))
    .option('--dim <name=size>', 'size of a symbolic dimension (repeatable)', collectDimension, {})
    .option('--margin <share>', 'differences within it count as none', parseShare, 0.02)
    .option('--max-duration <time>', 'longest measured part of one candidate, such as 90s or 2m', parseSeconds, 60)
    .option('--data <path>', 'inputs, and labels where it has them: test_data_set_* folders, .npz, .npy or .csv')
    .option('--seed <n>', 'seed of the generated inputs', parseWholeNumber(0))
    .option('--stored', 'measure nothing: the ratio of two stored results, not paired', false)
    .option('--wait', 'wait while another measurement runs on this machine', false)
    .addHelpText(
      'after',
      examples(
        'compare model.onnx model.int8.onnx',
        'compare resnet50 --provider cpu --provider-candidate cuda',
        'compare model.onnx@cpu:1 model.onnx@cpu:4 --margin 5%',
        'compare run_0mib3p8a01k2j3x4 run_0mib3p8a01k2j3x5 --stored',
      ),
    )
    .action(async (baseline, candidates, options, command) => {
      await perform(command, async (host) =>
        (await import('../actions/compare.ts')).compare(host, [baseline, ...candidates], options),
      );
    }),
);
