import { z } from 'zod';
import { observed, readingSchema } from './provenance.ts';

/**
 * What was metered and how (docs/method/measurement.md, energy). "wall" is a meter before the power supply, which nothing
 * reads yet.
 */
const energyMethodSchema = z.enum(['CPU package', 'memory', 'GPU board, driver estimate', 'wall']);
export type EnergyMethod = z.infer<typeof energyMethodSchema>;

/** Energy by one meter over the measured parts of all engine processes. */
const meteredEnergySchema = z.object({
  /** What was read, as shown beside the values. */
  source: z.string(),
  /** Joules per executed sample, with all that the meter sees, idle power included. */
  perSample: readingSchema,
  /** Mean power during the measured parts. */
  power: readingSchema,
  /** Time of load that the readings span, s. */
  coveredS: z.number(),
  /** By how much the meter itself may be off; null: nothing that holds for this machine is published. */
  errorBand: z.object({ share: z.number(), source: z.string() }).nullable(),
  /** Beside the gross: power in the quiet second before the start, and what is left without it. */
  idle: observed(z.object({ power: readingSchema, perSampleWithout: readingSchema })),
  /** What is to be known about these numbers, one sentence each. */
  remarks: z.array(z.string()),
});
export type MeteredEnergy = z.infer<typeof meteredEnergySchema>;

/**
 * Energy per prediction. Meters are never added up: those of a GPU and of the processor see different parts, and neither
 * sees the whole machine.
 */
export const energySchema = z.object({
  meters: z.array(z.object({ method: energyMethodSchema, metered: observed(meteredEnergySchema) })),
  /**
   * Only where the plan gives a power: that power for the whole time, whatever was really taken. It is no measurement and
   * belongs into no total.
   */
  ceiling: z
    .object({ method: z.literal('estimate, ceiling'), power: readingSchema, perSample: readingSchema })
    .optional(),
});
export type Energy = z.infer<typeof energySchema>;
