import type { ApiContext } from './context.ts';
import { api } from './implement.ts';

function describe({ core }: ApiContext) {
  return { settings: core.storage.settings.get(), dataDirectory: core.directory.root, app: core.app };
}

export const settings = {
  get: api.settings.get.handler(({ context }) => describe(context)),
  update: api.settings.update.handler(({ context, input }) => {
    context.core.storage.settings.update(input);
    return describe(context);
  }),
};
