import { Command } from '@commander-js/extra-typings';
import { perform } from '../host.ts';
import { defineCommand, examples } from './define-command.ts';

const list = () =>
  new Command('list').description('all models that can be named (default)').action(async (_options, command) => {
    await perform(command, async (host) => (await import('../actions/models.ts')).listModels(host));
  });

const add = () =>
  new Command('add')
    .description('give an .onnx file a name; the file stays where it is')
    .argument('<path>', 'the .onnx file')
    .option('--name <name>', 'name to use instead of the file name')
    .addHelpText('after', examples('models add exported/detector.onnx', 'models add detector.onnx --name detector'))
    .action(async (path, { name }, command) => {
      await perform(command, async (host) => (await import('../actions/models.ts')).addModel(host, path, name));
    });

const remove = () =>
  new Command('remove')
    .description('forget a model that was added; its file and its results stay')
    .argument('<name>', 'name of the model')
    .addHelpText('after', examples('models remove detector'))
    .action(async (name, _options, command) => {
      await perform(command, async (host) => (await import('../actions/models.ts')).removeModel(host, name));
    });

export const modelsCommand = defineCommand(() =>
  new Command('models')
    .description('reference models and models that were added')
    .addHelpText('after', examples('models', 'models add exported/detector.onnx'))
    .addCommand(list(), { isDefault: true })
    .addCommand(add())
    .addCommand(remove()),
);
