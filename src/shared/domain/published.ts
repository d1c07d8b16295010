import { z } from 'zod';
import { readingSchema } from './provenance.ts';

/** A figure that others published for the same kind of model, device and precision; never measured here. */
export const publishedResultSchema = z.object({
  id: z.string().min(1),
  family: z.string().min(1),
  device: z.string().min(1),
  /** GPUs or sockets together; `reading` is for one of them. */
  deviceCount: z.number().int().positive(),
  precision: z.enum(['float32', 'float16', 'int8']),
  runtime: z.string().min(1),
  scenario: z.string().min(1),
  metric: z.enum(['throughput', 'latency', 'energy', 'speedup']),
  /** Of kind "catalogue"; the lower end where a range was published. */
  reading: readingSchema,
  /** Percentile of a latency; null for other metrics. */
  percentile: z.number().nullable(),
  source: z.object({ name: z.string(), url: z.string(), licence: z.string(), edition: z.string() }),
  note: z.string().nullable(),
  /** What makes it less comparable with the measured result, one sentence each. */
  differences: z.array(z.string()),
});
export type PublishedResult = z.infer<typeof publishedResultSchema>;
