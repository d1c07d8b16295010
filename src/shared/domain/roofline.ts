import { z } from 'zod';
import { sha256Schema } from './ids.ts';
import { providerIdSchema } from './provider.ts';
import { observed, readingSchema } from './provenance.ts';

/** Precision whose peak a model is held against. */
export const peakPrecisionSchema = z.enum(['float32', 'float16', 'int8']);
export type PeakPrecision = z.infer<typeof peakPrecisionSchema>;

/**
 * The highest rates that this machine was seen to reach with the same runtime, on products of matrices and copies that
 * the application makes itself (docs/method/profile.md).
 */
export const machinePeaksSchema = z.object({
  provider: providerIdSchema,
  /** Intra-op threads; 0 = ONNX Runtime's default. */
  threads: z.number().int().nonnegative(),
  machineFingerprint: sha256Schema,
  onnxruntime: z.string(),
  measuredAt: z.string(),
  durationS: z.number().nonnegative(),
  /** Share of the processor time that others used meanwhile, 0..1; null: the system does not tell. */
  otherLoad: z.number().min(0).max(1).nullable(),
  /** Operations per second, two for each multiply-accumulate; absent where the provider has no kernel of its own. */
  products: z.object({
    float32: observed(readingSchema),
    float16: observed(readingSchema),
    int8: observed(readingSchema),
  }),
  /** FP32 products on one thread; absent where threads of this process do not compute. */
  float32OneThread: observed(readingSchema),
  /** Bytes read and written per second by passes over an array that no cache holds. */
  copy: observed(readingSchema),
  /** Size of that array, bytes. */
  copyArrayBytes: z.number().int().positive(),
});
export type MachinePeaks = z.infer<typeof machinePeaksSchema>;

/** Bytes of one query as the graph says. */
export const trafficSchema = z.object({
  weightBytes: z.number().nonnegative(),
  /** Read and written between nodes, if every node reads its inputs from memory and writes its outputs there. */
  activationBytes: z.number().nonnegative(),
  /** What crosses memory at the least: every weight, input and output once. */
  compulsoryBytes: z.number().nonnegative(),
});
export type Traffic = z.infer<typeof trafficSchema>;

/** How near a model comes to what the machine can do. */
export const rooflineSchema = z.object({
  peaks: machinePeaksSchema,
  /** The peak that most of the operations are held against. */
  precision: peakPrecisionSchema,
  /** Operations of one query, two for each multiply-accumulate, counted from the graph at the shapes that ran. */
  flops: z.number().nonnegative(),
  traffic: trafficSchema,
  /** Operators without an agreed count, which are counted as 0. */
  uncounted: z.record(z.string(), z.number().int()),
  /** Operations for each byte that has to cross memory. */
  flopsPerByte: z.number().nonnegative(),
  /** Operations over the time from host to host without the profiler. */
  achieved: readingSchema,
  /** Of the peak of this precision. */
  peakShare: observed(readingSchema),
  /** The lower of the peak and what the copy rate feeds at this intensity, and what limits. */
  attainable: observed(
    z.object({ rate: readingSchema, limit: z.enum(['compute', 'memory']), achievedShare: readingSchema }),
  ),
  /** The same by what the kernels compute on, with the profiler's times. */
  classes: z.array(
    z.object({
      class: z.string(),
      flops: z.number().nonnegative(),
      /** Operations per second while these kernels ran. */
      achieved: readingSchema,
      peakShare: observed(readingSchema),
    }),
  ),
});
export type Roofline = z.infer<typeof rooflineSchema>;
