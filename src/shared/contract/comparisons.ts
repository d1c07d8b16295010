import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  comparisonMessageSchema,
  comparisonPlanSchema,
  comparisonRecordSchema,
  comparisonSideSchema,
  speedVerdictSchema,
  storedRatioSchema,
} from '../domain/comparison.ts';
import { cellIdSchema, comparisonIdSchema } from '../domain/ids.ts';
import { operation } from './operation.ts';

const one = z.object({ comparisonId: comparisonIdSchema });
const numbers = z.array(z.number());

export const comparisons = {
  /**
   * Carries out a plan; every comparison is stored before its "compared" message. Leaving the stream stops it; what
   * is decided until then is kept. Fails with MACHINE_BUSY and what preparing a model fails with.
   */
  start: operation.input(comparisonPlanSchema).output(eventIterator(comparisonMessageSchema)),
  /** Newest first. */
  list: operation
    .input(
      z.object({
        model: z.string().optional(),
        /** Only the comparisons of one plan. */
        groupId: comparisonIdSchema.optional(),
        limit: z.number().int().min(1).max(500).default(100),
        cursor: comparisonIdSchema.optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(
          z.object({
            id: comparisonIdSchema,
            groupId: comparisonIdSchema,
            baseline: comparisonSideSchema,
            candidate: comparisonSideSchema,
            createdAt: z.string(),
            /** The adjusted one where there is one. */
            verdict: speedVerdictSchema.nullable(),
            /** False: a finding takes the verdict its meaning. */
            holds: z.boolean(),
            /** Speed-up and its interval; null where nothing was measured. */
            speedup: z
              .object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
              .nullable(),
          }),
        ),
        nextCursor: comparisonIdSchema.nullable(),
      }),
    ),
  /** Fails with NOT_FOUND. */
  get: operation.input(one).output(comparisonRecordSchema),
  /** Median latency of every block pair in order, ns. Fails with NOT_FOUND. */
  pairs: operation.input(one).output(z.object({ baselineNs: numbers, candidateNs: numbers })),
  /**
   * The ratio of two stored results, without measuring anything and not paired. Fails with NOT_FOUND, and with USAGE
   * for results without samples.
   */
  stored: operation
    .input(z.object({ baseline: cellIdSchema, candidate: cellIdSchema, margin: comparisonPlanSchema.shape.margin }))
    .output(storedRatioSchema),
  delete: operation.input(one).output(z.void()),
};
