import { z } from 'zod';
import { cellIdSchema, runIdSchema } from '../domain/ids.ts';
import { validitySchema } from '../domain/measurement.ts';
import { publishedResultSchema } from '../domain/published.ts';
import { cellConfigSchema } from '../domain/plan.ts';
import { cellOutcomeSchema, cellRecordSchema } from '../domain/run.ts';
import { sensorSeriesSchema } from '../domain/telemetry.ts';
import { throttledSpanSchema } from '../domain/throttling.ts';
import { operation } from './operation.ts';

const verdictSchema = validitySchema.shape.verdict;
const stateSchema = z.enum(cellOutcomeSchema.options.map((option) => option.shape.state.value));
const cellOnly = z.object({ cellId: cellIdSchema });
const numbers = z.array(z.number());

/** One configuration as a list shows it; latencies in ns, throughput in samples per second. */
const listedCellSchema = z.object({
  id: cellIdSchema,
  runId: runIdSchema,
  index: z.number().int(),
  model: z.string(),
  provider: z.string(),
  scenario: z.string(),
  batch: z.number().int(),
  threads: z.number().int(),
  state: stateSchema,
  verdict: verdictSchema.nullable(),
  p50Ns: z.number().nullable(),
  p50LowNs: z.number().nullable(),
  p50HighNs: z.number().nullable(),
  p99Ns: z.number().nullable(),
  throughput: z.number().nullable(),
  throughputLow: z.number().nullable(),
  throughputHigh: z.number().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  ...cellConfigSchema.pick({ instances: true, load: true, pauseMs: true, decode: true, trial: true }).shape,
});

const cursorSchema = z.object({ runId: runIdSchema, index: z.number().int().nonnegative() });

/** The samples of one engine process of a configuration. */
const seriesOnly = cellOnly.extend({ process: z.number().int().nonnegative() });

export const results = {
  list: operation
    .input(
      z.object({
        runId: runIdSchema.optional(),
        model: z.string().optional(),
        provider: z.string().optional(),
        state: stateSchema.optional(),
        verdict: verdictSchema.optional(),
        limit: z.number().int().min(1).max(2_000).default(200),
        cursor: cursorSchema.optional(),
      }),
    )
    .output(z.object({ items: z.array(listedCellSchema), nextCursor: cursorSchema.nullable() })),
  /** A configuration with its outcome, and how many samples each engine process left. */
  get: operation.input(cellOnly).output(
    z.object({
      cell: cellRecordSchema,
      series: z.array(z.object({ process: z.number().int(), n: z.number().int() })),
    }),
  ),
  /**
   * Figures that others published for the same model family, device and precision: "published, not measured here".
   * Fails with NOT_FOUND.
   */
  published: operation.input(cellOnly).output(z.array(publishedResultSchema)),
  /**
   * Samples for drawing: latency over time as the range and median of `points` slices of equal count, and the
   * distribution as `points` order statistics. Times and latencies in ns. Fails with NOT_FOUND.
   */
  chart: operation.input(seriesOnly.extend({ points: z.number().int().min(2).max(4_000).default(1_000) })).output(
    z.object({
      n: z.number().int(),
      overTime: z.object({ fromNs: numbers, minNs: numbers, medianNs: numbers, maxNs: numbers }),
      distribution: z.object({ latencyNs: numbers, share: numbers }),
    }),
  ),
  /**
   * What the sensors of the machine read beside each engine process, thinned out to at most `points` readings, on the
   * time axis of the samples; and the parts in which something was throttled. Empty for configurations that older
   * versions measured. Fails with NOT_FOUND.
   */
  sensors: operation.input(cellOnly.extend({ points: z.number().int().min(2).max(16_384).default(1_000) })).output(
    z.object({
      processes: z.array(
        z.object({
          process: z.number().int(),
          /** Readings as stored. */
          n: z.number().int(),
          sensors: z.array(sensorSeriesSchema),
          throttled: z.array(throttledSpanSchema),
        }),
      ),
    }),
  ),
  /** Raw stamps in order of issue, a page at a time; ns from the start of the measured part. Fails with NOT_FOUND. */
  samples: operation
    .input(
      seriesOnly.extend({
        offset: z.number().int().nonnegative().default(0),
        limit: z.number().int().min(1).max(10_000).default(1_000),
      }),
    )
    .output(
      z.object({
        n: z.number().int(),
        scheduledNs: numbers.nullable(),
        issuedNs: numbers,
        completedNs: numbers,
      }),
    ),
};
