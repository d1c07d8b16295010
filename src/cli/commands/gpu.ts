import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

const install = () =>
  new Command('install')
    .description('place the CUDA and TensorRT libraries beside ONNX Runtime (Linux x64)')
    .option('--from <path>', 'NuGet package, Python wheel or folder that has them; without it they are downloaded')
    .addHelpText('after', examples('gpu install', 'gpu install --from onnxruntime_gpu.whl'))
    .action(async ({ from }, command) => {
      await perform(command, async (host) => (await import('../actions/gpu.ts')).installGpu(host, from ?? null));
    });

const remove = () =>
  new Command('remove')
    .description('remove the libraries again')
    .addHelpText('after', examples('gpu remove'))
    .action(async (_options, command) => {
      await perform(command, async (host) => (await import('../actions/gpu.ts')).removeGpu(host));
    });

export const gpuCommand = defineCommand(() =>
  new Command('gpu')
    .description('GPU libraries of ONNX Runtime')
    .addHelpText('after', examples('gpu install', 'gpu remove'))
    .addCommand(install())
    .addCommand(remove()),
);
