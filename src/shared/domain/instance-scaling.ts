import { z } from 'zod';
import { observed, readingSchema } from './provenance.ts';

/** What several engine processes reach that work at once, over the time in which all of them did. */
export const instanceScalingSchema = z.object({
  /** Engine processes. */
  count: z.number().int().min(2),
  /** From the latest start of a measured part to the earliest end, ns. */
  commonNs: z.number().nonnegative(),
  /** Executed samples per second of all together. */
  throughput: readingSchema.nullable(),
  /** The same of each alone, in order. */
  each: z.array(readingSchema.nullable()),
  /** Threads that each computes with; 0 = ONNX Runtime's default. */
  threads: z.number().int().nonnegative(),
  /** Logical processors of each, in order; empty where this system does not tell which there are. */
  processors: z.array(z.array(z.number().int().nonnegative())),
  /** Whether whole processes were confined to these processors, not only the threads that ONNX Runtime starts. */
  pinned: observed(z.literal(true)),
  /** More threads than processors, because that was asked for. */
  oversubscribed: z.boolean(),
  /** One instance alone, as the same run measured it; null where the plan has none. */
  single: z
    .object({
      throughput: readingSchema,
      /** All together over one alone. */
      gain: readingSchema,
      /** That over the number of instances: 1 = none slows another; null where one alone has other threads. */
      efficiency: readingSchema.nullable(),
    })
    .nullable(),
  fairness: z
    .object({
      /** Slowest over fastest. */
      minOverMax: z.number().min(0).max(1),
      /** Jain's index: 1 = all alike, 1/n = one has everything. */
      jain: z.number().min(0).max(1),
    })
    .nullable(),
});
export type InstanceScaling = z.infer<typeof instanceScalingSchema>;
