import { providerIdSchema } from '../../shared/domain/provider.ts';
import { besideMeasuring } from './context.ts';
import { api } from './implement.ts';

export const providers = {
  check: api.providers.check.handler(async ({ context, input, signal }) => {
    const { ids = providerIdSchema.options, refresh } = input;
    const check = () => context.providers.check(ids, { refresh, ...(signal ? { signal } : {}) });
    const isKnown = !refresh && ids.every((id) => context.providers.known(id) !== undefined);
    return isKnown ? check() : besideMeasuring(context, check);
  }),
};
