import type { Telemetry, TelemetrySensor } from '../../../shared/domain/telemetry.ts';
import type { ThrottleCause, ThrottledSpan } from '../../../shared/domain/throttling.ts';

/** nvbench's threshold of the SM clock, as a share of the default clock. */
const gpuClockShare = 0.75;
/** Own: this share of the clock at the start counts as well below it, and this near to the critical temperature as at it. */
const cpuClockShare = 0.9;
const cpuHeatC = 3;
/** The clock at the start is the median of the readings of this time. */
const startNs = 2e9;

/** Bits of NVML's reasons (src/core/hardware/gpu-activity.ts). */
const gpuIdle = 0x1;
const gpuHeat = 0x20 | 0x40;
/** A slowdown of the hardware is its answer to heat or to the power brake, and does not say which. */
const gpuPowerBrake = 0x80 | 0x8;

/** What the readings of one telemetry say about each cause. */
interface Detector {
  cause: ThrottleCause;
  /** At one reading; a state holds on both of its sides. */
  isSetAt?: (position: number) => boolean;
  /** From one reading to the next. */
  isSetAfter?: (position: number) => boolean;
}

/** The causes that these readings can tell, whether they occurred or not. */
export function watchedCauses(telemetry: Telemetry): ThrottleCause[] {
  return createDetectors(telemetry).map(({ cause }) => cause);
}

/**
 * The parts of a measured part in which something was throttled. What lies between two readings counts as throttled when
 * either of them says so: shorter spells cannot be told apart at two readings a second.
 */
export function findThrottledSpans(telemetry: Telemetry, endNs: number): ThrottledSpan[] {
  const { elapsedNs } = telemetry;
  const detectors = createDetectors(telemetry);
  const spans: ThrottledSpan[] = [];
  for (let position = -1; position < elapsedNs.length; position += 1) {
    const fromNs = position < 0 ? 0 : elapsedNs[position]!;
    const toNs = elapsedNs[position + 1] ?? Math.max(endNs, fromNs);
    const causes = detectors
      .filter(
        ({ isSetAt, isSetAfter }) =>
          isSetAt?.(position) === true || isSetAt?.(position + 1) === true || isSetAfter?.(position) === true,
      )
      .map(({ cause }) => cause);
    const last = spans.at(-1);
    if (causes.length === 0 || toNs <= fromNs) continue;
    if (last?.toNs === fromNs && last.causes.join() === causes.join()) last.toNs = toNs;
    else spans.push({ fromNs, toNs, causes });
  }
  return spans;
}

function createDetectors({ elapsedNs, sensors }: Telemetry): Detector[] {
  const find = (id: string) => presentValues(sensors.find((sensor) => sensor.id === id));
  const reasons = find('gpu-throttling');
  const detectors: Detector[] = [];
  const slowDowns = find('cpu-throttling');
  if (slowDowns !== null && slowDowns.value.length > 1) {
    const { value } = slowDowns;
    detectors.push({ cause: 'cpu-heat', isSetAfter: (position) => value[position + 1]! > value[position]! });
  }
  const [clock, heat] = [find('cpu-clock'), find('cpu-temperature')];
  const clockAtStart = clock === null ? null : medianAtStart(elapsedNs, clock.value);
  if (clock !== null && clockAtStart !== null && heat?.reference !== undefined) {
    const [limitHz, limitC] = [cpuClockShare * clockAtStart, heat.reference.value - cpuHeatC];
    detectors.push({
      cause: 'cpu-clock',
      isSetAt: (position) => clock.value[position]! < limitHz && heat.value[position]! >= limitC,
    });
  }
  if (reasons !== null) {
    const hasBits = (mask: number) => (position: number) => (toBits(reasons.value[position]) & mask) !== 0;
    detectors.push(
      { cause: 'gpu-heat', isSetAt: hasBits(gpuHeat) },
      { cause: 'gpu-power-brake', isSetAt: hasBits(gpuPowerBrake) },
    );
  }
  const gpuClock = find('gpu-clock');
  if (gpuClock?.reference !== undefined) {
    const limitHz = gpuClockShare * gpuClock.reference.value;
    detectors.push({
      cause: 'gpu-clock',
      // A GPU without work lowers its clock by itself.
      isSetAt: (position) => gpuClock.value[position]! < limitHz && (toBits(reasons?.value[position]) & gpuIdle) === 0,
    });
  }
  return detectors;
}

/** Readings of a sensor that gave any. */
function presentValues(sensor: TelemetrySensor | undefined) {
  if (sensor?.readings.status !== 'present') return null;
  const { value } = sensor.readings.value;
  return value.some((one) => !Number.isNaN(one)) ? sensor.readings.value : null;
}

function toBits(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}

function medianAtStart(elapsedNs: Float64Array, values: Float64Array): number | null {
  const early = values.filter((value, position) => elapsedNs[position]! < startNs && !Number.isNaN(value)).sort();
  return early.length === 0 ? null : early[early.length >> 1]!;
}
