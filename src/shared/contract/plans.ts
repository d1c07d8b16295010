import { z } from 'zod';
import { cellConfigSchema, planSchema } from '../domain/plan.ts';
import { failureSchema } from '../errors.ts';
import { operation } from './operation.ts';

export const plans = {
  /** How long a plan takes, without starting anything. */
  estimate: operation
    .input(planSchema)
    .output(z.object({ cells: z.number().int(), seconds: z.number(), lowerBound: z.boolean() })),
  /**
   * The configurations of a plan, each with what keeps it from being measured here. Takes seconds where providers
   * were not checked before; while a measurement runs, they are left unchecked.
   */
  check: operation
    .input(planSchema)
    .output(z.array(z.object({ config: cellConfigSchema, problem: failureSchema.nullable() }))),
};
