import type { Telemetry } from '../../../shared/domain/telemetry.ts';

/** Mean power between the first and the last reading of a meter. */
export interface MeanPower {
  powerW: number;
  coveredS: number;
  /** Readings that it rests on. */
  count: number;
}

/**
 * From a counter of joules by its difference, from readings of power by the trapezoids between them. null with fewer than
 * two readings.
 */
export function meanPower({ elapsedNs, sensors }: Telemetry, sensorId: string): MeanPower | null {
  const sensor = sensors.find(({ id }) => id === sensorId);
  if (sensor?.readings.status !== 'present') return null;
  const { value } = sensor.readings.value;
  const positions = [...value.keys()].filter((position) => !Number.isNaN(value[position]));
  const [first, last] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const coveredS = (elapsedNs[last]! - elapsedNs[first]!) / 1e9;
  const energyJ = sensor.kind === 'counter' ? value[last]! - value[first]! : integrate(elapsedNs, value, positions);
  return coveredS > 0 ? { powerW: energyJ / coveredS, coveredS, count: positions.length } : null;
}

function integrate(elapsedNs: Float64Array, powerW: Float64Array, positions: readonly number[]): number {
  let energyJ = 0;
  for (const [index, position] of positions.entries()) {
    const before = positions[index - 1];
    if (before === undefined) continue;
    energyJ += (((powerW[before]! + powerW[position]!) / 2) * (elapsedNs[position]! - elapsedNs[before]!)) / 1e9;
  }
  return energyJ;
}
