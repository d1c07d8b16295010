import type { ApiContext } from './context.ts';
import { api } from './implement.ts';

function describe({ core }: ApiContext) {
  const { storage, directory, app, commandLine } = core;
  return { settings: storage.settings.get(), dataDirectory: directory.root, app, commandLine };
}

export const settings = {
  get: api.settings.get.handler(({ context }) => describe(context)),
  update: api.settings.update.handler(({ context, input }) => {
    context.core.storage.settings.update(input);
    return describe(context);
  }),
};
