import { z } from 'zod';

/** Execution providers of ONNX Runtime that the application can drive from Node. */
export const providerIdSchema = z.enum(['cpu', 'cuda', 'tensorrt', 'dml', 'webgpu', 'coreml']);
export type ProviderId = z.infer<typeof providerIdSchema>;

/** What a probe process found by running a model on the provider with CPU fallback disabled. */
export const providerStatusSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('available'),
    /** The device that ran it, as far as anything tells; a software adapter is named as such. */
    device: z.string(),
    /** null: the provider does not tell which adapter it uses. */
    software: z.boolean().nullable(),
    probeMs: z.number(),
  }),
  z.object({
    status: z.literal('unavailable'),
    /** Stable word for programs, e.g. "missing-library", "driver-too-old", "no-adapter", "not-in-build", "crashed". */
    cause: z.string(),
    reason: z.string(),
    remedy: z.string().nullable(),
  }),
]);
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

export const providerReportSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  /** What a device number of it means; null where it takes none. */
  deviceNumber: z.string().nullable(),
  /** What JavaScript does not reach of it on any machine, one sentence each. */
  unreachable: z.array(z.string()),
  status: providerStatusSchema,
});
export type ProviderReport = z.infer<typeof providerReportSchema>;
