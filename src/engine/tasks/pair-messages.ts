import { z } from 'zod';
import { harnessSchema } from '../../shared/domain/measurement.ts';
import { warmUpRuleSchema } from '../../shared/domain/plan.ts';
import { inputFileSchema, sessionConfigSchema } from '../protocol-parts.ts';

/**
 * Runs blocks of queries on one or two resident sessions in the order that the core asks for, one turn after another.
 * The core decides after each turn whether it knows enough, so no message travels while a block runs.
 */
export const pairTaskSchema = z.object({
  kind: z.literal('pair'),
  sides: z
    .array(
      z.object({
        session: sessionConfigSchema,
        inputs: inputFileSchema,
        /** Output whose leading dimension tells the executed samples; null where no output has one. */
        batchOutput: z.string().nullable(),
      }),
    )
    .min(1)
    .max(2),
  /** Each side is warmed up by itself, in order, before the first turn. */
  warmUp: warmUpRuleSchema,
  /** Identity model for the disclosure of the harness's own cost; null: not wanted. */
  identityModel: z.string().nullable(),
});
export type PairTask = z.infer<typeof pairTaskSchema>;

export const blockRequestSchema = z.object({
  /** Index into the sides of the task. */
  side: z.number().int().nonnegative(),
  queries: z.number().int().positive(),
  /** Both blocks of a pair begin with the same feed. */
  firstFeed: z.number().int().nonnegative(),
});
export type BlockRequest = z.infer<typeof blockRequestSchema>;

/** The engine asks for its next turn and hands over the last one. */
export const turnSchema = z.object({
  type: z.literal('turn'),
  /** Before the first turn: what was opened and warmed up, a side each; null afterwards. */
  opened: z
    .object({
      sides: z.array(
        z.object({
          sessionOptions: z.record(z.string(), z.unknown()),
          /** Leading dimension of the batch output over the queries of warm-up; null without such an output. */
          executedBatch: z.object({ min: z.number().int(), max: z.number().int() }).nullable(),
          runs: z.number().int(),
          durationNs: z.number(),
          steady: z.boolean(),
          medianNs: z.number(),
        }),
      ),
      libraries: z.array(z.string()),
    })
    .nullable(),
  /** Stamps of every query, in the order of the request; ns since the end of warm-up. */
  blocks: z.array(
    z.object({
      side: z.number().int().nonnegative(),
      issuedNs: z.instanceof(Float64Array),
      completedNs: z.instanceof(Float64Array),
    }),
  ),
});

export const pairResultSchema = z.object({
  kind: z.literal('pair'),
  /** True when a cancel message ended it; blocks that were complete by then had been handed over. */
  cancelled: z.boolean(),
  harness: harnessSchema.nullable(),
});
export type PairResult = z.infer<typeof pairResultSchema>;
