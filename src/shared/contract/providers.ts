import { z } from 'zod';
import { providerIdSchema, providerReportSchema } from '../domain/provider.ts';
import { operation } from './operation.ts';

const checkedSchema = providerReportSchema.extend({ checkedAt: z.string() });

export const providers = {
  /**
   * Whether providers work here, each found by running a model on it in a process of its own; takes seconds for one
   * that was not checked before. Fails with MACHINE_BUSY while a measurement runs, unless every answer is known.
   */
  check: operation
    .input(z.object({ ids: z.array(providerIdSchema).min(1).optional(), refresh: z.boolean().default(false) }))
    .output(z.array(checkedSchema)),
};
