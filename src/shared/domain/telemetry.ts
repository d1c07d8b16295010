import { z } from 'zod';
import { observed, unitSchema, type Observed } from './provenance.ts';

/**
 * What the readings of a sensor are: values of the moment, an amount that has come together since the sensor was opened,
 * or bits that are set at the moment.
 */
const sensorKindSchema = z.enum(['gauge', 'counter', 'flags']);
export type SensorKind = z.infer<typeof sensorKindSchema>;

const sensorFlagSchema = z.object({ mask: z.number().int().positive(), name: z.string() });

/** What a sensor is, whether this machine has it or not. */
export const sensorDescriptionSchema = z.object({
  id: z.string(),
  label: z.string(),
  unit: unitSchema,
  kind: sensorKindSchema,
  /** What the bits of a sensor of flags stand for. */
  flags: z.array(sensorFlagSchema).optional(),
});
export type SensorDescription = z.infer<typeof sensorDescriptionSchema>;

/** A value of the machine that readings are judged by, such as the clock that a GPU has by default. */
const sensorReferenceSchema = z.object({ value: z.number(), meaning: z.string() });
export type SensorReference = z.infer<typeof sensorReferenceSchema>;

/** Where the readings of a sensor that is there come from. */
const sensorOriginSchema = z.object({
  /** What is read, e.g. "scaling_cur_freq of cpufreq, mean of 8 processors". */
  source: z.string(),
  reference: sensorReferenceSchema.optional(),
});
export type SensorOrigin = z.infer<typeof sensorOriginSchema>;

/** A sensor as this machine has it, or why it is not there and what would make it visible. */
export const foundSensorSchema = sensorDescriptionSchema.extend({ origin: observed(sensorOriginSchema) });
export type FoundSensorInfo = z.infer<typeof foundSensorSchema>;

/** A sensor that tells something about a configuration with what it read, or why it is not there. */
export const sensorSeriesSchema = sensorDescriptionSchema.extend({
  readings: observed(sensorOriginSchema.extend({ elapsedNs: z.array(z.number()), value: z.array(z.number()) })),
});
export type SensorSeries = z.infer<typeof sensorSeriesSchema>;

/** What the sensors read at one moment; a sensor that gave no value is not in it. */
export const sensorSampleSchema = z.object({
  /** Since the measured part of the engine process began, as of the stamps of queries. */
  elapsedNs: z.number().nonnegative(),
  /** By the id of the sensor, in its unit. */
  values: z.record(z.string(), z.number()),
});
export type SensorSample = z.infer<typeof sensorSampleSchema>;

/**
 * Everything that the sensors read while one engine process was measured. One time for all of them; NaN where one gave no
 * value at that time.
 */
export interface Telemetry {
  /** Integer ns from the start of the measured part, ascending. */
  elapsedNs: Float64Array;
  sensors: TelemetrySensor[];
}

/** A sensor with one value for each time of its telemetry. */
export type TelemetrySensor = SensorDescription & { readings: Observed<SensorOrigin & { value: Float64Array }> };

/** Readings as lists of numbers, each sensor with the times at which it gave a value. */
export function toSensorSeries({ elapsedNs, sensors }: Telemetry): SensorSeries[] {
  return sensors.map(({ readings, ...description }) => {
    if (readings.status === 'absent') return { ...description, readings };
    const { value: all, ...origin } = readings.value;
    const positions = [...all.keys()].filter((position) => !Number.isNaN(all[position]));
    return {
      ...description,
      readings: {
        status: 'present',
        value: {
          ...origin,
          elapsedNs: positions.map((position) => elapsedNs[position]!),
          value: positions.map((position) => all[position]!),
        },
      },
    };
  });
}

/**
 * The same course in half as many readings: of two neighbours the earlier time and value stay, and flags of both are
 * joined, so that no bit that was set is lost.
 */
export function halveTelemetry({ elapsedNs, sensors }: Telemetry): Telemetry {
  return {
    elapsedNs: elapsedNs.filter((_, position) => position % 2 === 0),
    sensors: sensors.map((sensor) => {
      if (sensor.readings.status === 'absent') return sensor;
      const { value, ...origin } = sensor.readings.value;
      const halved = value.filter((_, position) => position % 2 === 0);
      if (sensor.kind === 'flags')
        halved.forEach((one, index) => (halved[index] = joinFlags(one, value[2 * index + 1])));
      return { ...sensor, readings: { status: 'present', value: { ...origin, value: halved } } };
    }),
  };
}

/** Bits of either; every flag in use is among the low 32. */
function joinFlags(one: number, other: number | undefined): number {
  if (other === undefined || Number.isNaN(other)) return one;
  return Number.isNaN(one) ? other : (one | other) >>> 0;
}
