import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { cellIdSchema, profileIdSchema } from '../domain/ids.ts';
import {
  listedProfileSchema,
  peaksUseSchema,
  profileComparisonSchema,
  profileMessageSchema,
  profilePlanSchema,
  profileRecordSchema,
} from '../domain/profile.ts';
import { machinePeaksSchema } from '../domain/roofline.ts';
import { operation } from './operation.ts';

const one = z.object({ profileId: profileIdSchema });
/** Whether the peaks of this machine may be measured, which takes some seconds. */
const peaks = peaksUseSchema.default('measure');

export const profiles = {
  /**
   * Profiles one configuration, or a measured one as it was measured; stored before its "profiled" message, which ends
   * the stream. Leaving the stream cancels and stores nothing. Fails with MACHINE_BUSY and what preparing a model fails
   * with, and with NOT_FOUND for a configuration that is not stored.
   */
  start: operation
    .input(z.union([z.object({ plan: profilePlanSchema, peaks }), z.object({ cellId: cellIdSchema, peaks })]))
    .output(eventIterator(profileMessageSchema)),
  /** Newest first. */
  list: operation
    .input(
      z.object({
        model: z.string().optional(),
        /** Only those of one measured configuration. */
        cellId: cellIdSchema.optional(),
        limit: z.number().int().min(1).max(500).default(100),
        cursor: profileIdSchema.optional(),
      }),
    )
    .output(z.object({ items: z.array(listedProfileSchema), nextCursor: profileIdSchema.nullable() })),
  /** Fails with NOT_FOUND. */
  get: operation.input(one).output(profileRecordSchema),
  /** Two stored profiles side by side. Fails with NOT_FOUND. */
  compare: operation
    .input(z.object({ baseline: profileIdSchema, candidate: profileIdSchema }))
    .output(profileComparisonSchema),
  /** The peaks that were measured on this machine, for each provider and number of threads. */
  peaks: operation.output(z.array(machinePeaksSchema)),
  /** Fails with NOT_FOUND. */
  delete: operation.input(one).output(z.void()),
};
