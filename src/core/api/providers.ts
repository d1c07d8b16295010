import { providerIdSchema } from '../../shared/domain/provider.ts';
import { refuseWhileMeasuring } from './context.ts';
import { api } from './implement.ts';

export const providers = {
  check: api.providers.check.handler(async ({ context, input, signal }) => {
    const { ids = providerIdSchema.options, refresh } = input;
    if (refresh || ids.some((id) => context.providers.known(id) === undefined)) refuseWhileMeasuring(context);
    return context.providers.check(ids, { refresh, ...(signal ? { signal } : {}) });
  }),
};
