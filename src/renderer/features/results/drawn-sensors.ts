import type { SensorReadings } from '../../../shared/charts/sensor-panels.ts';
import type { SensorSeries } from '../../../shared/domain/telemetry.ts';

/**
 * The sensors that a picture draws: values of the moment as they were read, and amounts of energy as the mean power
 * between two readings. Flags are drawn as spans.
 */
export function toDrawnSensors(sensors: readonly SensorSeries[]): SensorReadings[] {
  return sensors.flatMap(({ id, label, unit, kind, readings }): SensorReadings[] => {
    if (readings.status === 'absent' || readings.value.value.length === 0) return [];
    const { elapsedNs, value } = readings.value;
    if (kind === 'gauge') return [{ id, label, unit, elapsedNs, value }];
    if (kind !== 'counter' || unit !== 'J' || value.length < 2) return [];
    const steps = value.slice(1).map((joules, index) => ({
      at: elapsedNs[index + 1]!,
      watts: (joules - value[index]!) / ((elapsedNs[index + 1]! - elapsedNs[index]!) / 1e9),
    }));
    const name = `${label.replace(/\benergy\b/i, 'power').replace(/^./, (first) => first.toUpperCase())}, by its energy`;
    return [
      { id, label: name, unit: 'W', elapsedNs: steps.map(({ at }) => at), value: steps.map(({ watts }) => watts) },
    ];
  });
}
