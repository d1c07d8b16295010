import { z } from 'zod';
import { readingSchema } from './provenance.ts';

/** Where the time of a cold start goes: medians over fresh processes, which need not add up. */
export const coldStartSchema = z.object({
  /** Fresh processes. */
  starts: z.number().int().positive(),
  /** From the request for a process until it can take work: the system, Node and the library of ONNX Runtime. */
  processStart: readingSchema,
  /** Loading the model, optimizing its graph. */
  sessionCreation: readingSchema,
  /** The first query, which selects kernels and grows memory. */
  firstInference: readingSchema,
  /** What is left: messages between the processes, and reading the input. */
  handOver: readingSchema,
  /** Files of the model and of the runtime were read shortly before, so that they came from memory, not from a disk. */
  pageCache: z.literal('warm'),
});
export type ColdStart = z.infer<typeof coldStartSchema>;
