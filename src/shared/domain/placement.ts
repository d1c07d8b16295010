import { z } from 'zod';

/**
 * Where the work of a configuration ran, by a profiling pass after the measured part, in an engine of its own. Profiling
 * costs time, so no number of the pass is a latency of the model (docs/method/placement.md).
 */
export const placementSchema = z.object({
  /** "device": at least 99 % of the time; "cpu": under half, which cannot bear the device's name; otherwise "mixed". */
  label: z.enum(['device', 'mixed', 'cpu']),
  /** Share of the time that was spent on the device, 0..1. */
  deviceShare: z.number().min(0).max(1),
  /** "device": the provider records times on the device; "run": the time of a run less that of nodes on the CPU. */
  clock: z.enum(['device', 'run']),
  /** Per execution provider, most time first. Memcpy nodes are among those of the device. */
  providers: z.array(
    z.object({
      /** Name of ONNX Runtime's class, e.g. "WebGpuExecutionProvider". */
      provider: z.string(),
      nodes: z.number().int().nonnegative(),
      share: z.number().min(0).max(1),
    }),
  ),
  /** MemcpyFromHost and MemcpyToHost nodes: where the graph changes between CPU and device. */
  memcpyNodes: z.number().int().nonnegative(),
  /** Operators that ran on the CPU, most time first; the ones to replace. */
  onCpu: z.array(
    z.object({ operator: z.string(), nodes: z.number().int().positive(), share: z.number().min(0).max(1) }),
  ),
  /** Profiled runs. */
  runs: z.number().int().positive(),
  /** Median profiled run over the median of the measured part: what profiling costs. */
  overheadRatio: z.number().positive().nullable(),
});
export type Placement = z.infer<typeof placementSchema>;
