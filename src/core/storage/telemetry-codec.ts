import { crc32 } from 'node:zlib';
import type { FoundSensorInfo, Telemetry, TelemetrySensor } from '../../shared/domain/telemetry.ts';
import { corrupted, decodeChunk, encodeChunk } from './column-chunk.ts';

/*
 * Readings of sensors as one blob, without what the sensors are. Little-endian throughout:
 *
 *   header   magic "IFMT" | version u8 | sensors that are there u8 | reserved u16 | n u32 | crc32 u32 of all that follows
 *   forms    per such sensor: form u8, whether it has gaps u8
 *   chunk    the columns of column-chunk.ts: the steps of time, then those of each sensor
 *
 * Sensors tell few digits, so a column holds whole numbers, its form being the decimals that were shifted out of them;
 * what does not fit keeps the bits of its doubles in two columns. Of counters the steps are held. Where a sensor has gaps,
 * a column of 0 and 1 goes before its own.
 */

/** Number stored beside each blob; a new layout gets a new number, and old ones stay readable. */
export const TELEMETRY_ENCODING = 1;

const MAGIC = 0x544d4649; // "IFMT" read as a little-endian u32
const HEADER_BYTES = 16;
const CRC_OFFSET = 12;
const FORM_BYTES = 2;
const MAX_READINGS = 65_536;
const MAX_DECIMALS = 9;
/** The form of a column that keeps the bits of its doubles. */
const PLAIN = 255;

/**
 * Encodes readings, number for number. Throws RangeError for more than 65,536 readings and for times that are not whole
 * ascending ns.
 */
export function encodeTelemetry({ elapsedNs, sensors }: Telemetry): Buffer {
  const n = elapsedNs.length;
  checkTimes(elapsedNs);
  const present = sensors.flatMap((sensor) => presentValues(sensor) ?? []);
  const forms = Buffer.alloc(present.length * FORM_BYTES);
  const columns = [toSteps(elapsedNs)];
  for (const [index, { kind, value }] of present.entries()) {
    const gaps = value.map((one) => Number(Number.isNaN(one)));
    const hasGaps = gaps.includes(1);
    const filled = hasGaps ? fillGaps(value) : value;
    const decimals = findDecimals(filled);
    forms.writeUInt8(decimals ?? PLAIN, index * FORM_BYTES);
    forms.writeUInt8(Number(hasGaps), index * FORM_BYTES + 1);
    if (hasGaps) columns.push(gaps);
    if (decimals === null) columns.push(...toHalves(filled));
    else {
      const whole = filled.map((one) => Math.round(one * 10 ** decimals));
      columns.push(kind === 'counter' ? toSteps(whole) : whole);
    }
  }
  const blob = Buffer.concat([Buffer.alloc(HEADER_BYTES), forms, ...(n === 0 ? [] : [encodeChunk(columns)])]);
  blob.writeUInt32LE(MAGIC, 0);
  blob.writeUInt8(TELEMETRY_ENCODING, 4);
  blob.writeUInt8(present.length, 5);
  blob.writeUInt32LE(n, 8);
  blob.writeUInt32LE(checksum(blob), CRC_OFFSET);
  return blob;
}

/** Decodes what encodeTelemetry made, for the sensors that it was made for. Throws STORAGE_UNUSABLE for a damaged blob. */
export function decodeTelemetry(blob: Uint8Array, sensors: readonly FoundSensorInfo[]): Telemetry {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const n = readHeader(bytes, sensors.filter(({ origin }) => origin.status === 'present').length);
  const take = openColumns(bytes, sensors, n);
  const elapsedNs = fromSteps(take());
  let form = HEADER_BYTES;
  return {
    elapsedNs,
    sensors: sensors.map(({ origin, ...description }) => {
      if (origin.status === 'absent') return { ...description, readings: origin };
      const [decimals, hasGaps] = [bytes.readUInt8(form), bytes.readUInt8(form + 1) === 1];
      form += FORM_BYTES;
      const gaps = hasGaps ? take() : null;
      const value = takeValues(take, decimals, description.kind === 'counter');
      gaps?.forEach((isGap, position) => {
        if (isGap === 1) value[position] = Number.NaN;
      });
      return { ...description, readings: { status: 'present', value: { ...origin.value, value } } };
    }),
  };
}

/** What the sensors of a telemetry are, which is stored beside its blob. */
export function describeSensors({ sensors }: Telemetry): FoundSensorInfo[] {
  return sensors.map(({ readings, ...description }) => {
    if (readings.status === 'absent') return { ...description, origin: readings };
    const { value: _, ...origin } = readings.value;
    return { ...description, origin: { status: 'present', value: origin } };
  });
}

function presentValues({ kind, readings }: TelemetrySensor) {
  return readings.status === 'present' ? { kind, value: readings.value.value } : null;
}

function checkTimes(elapsedNs: Float64Array): void {
  if (elapsedNs.length > MAX_READINGS) {
    throw new RangeError(`Telemetry holds at most ${MAX_READINGS} readings, not ${elapsedNs.length}`);
  }
  elapsedNs.forEach((time, position) => {
    if (!Number.isSafeInteger(time) || time < (elapsedNs[position - 1] ?? 0)) {
      throw new RangeError(`Time ${position} of a telemetry is no whole number of ns after the one before: ${time}`);
    }
  });
}

function readHeader(bytes: Buffer, expectedSensors: number): number {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) throw corrupted('no header');
  const version = bytes.readUInt8(4);
  if (version !== TELEMETRY_ENCODING) throw corrupted(`unknown encoding ${version}`);
  if (bytes.readUInt32LE(CRC_OFFSET) !== checksum(bytes)) throw corrupted('checksum differs');
  const n = bytes.readUInt32LE(8);
  const sensors = bytes.readUInt8(5);
  const isComplete = bytes.length >= HEADER_BYTES + sensors * FORM_BYTES;
  if (sensors !== expectedSensors || n > MAX_READINGS || !isComplete) throw corrupted('impossible header');
  return n;
}

/** Hands out the columns of a blob in order. */
function openColumns(bytes: Buffer, sensors: readonly FoundSensorInfo[], n: number): () => Float64Array {
  if (n === 0) return () => new Float64Array(0);
  const present = sensors.filter(({ origin }) => origin.status === 'present').length;
  let count = 1;
  for (let index = 0; index < present; index += 1) {
    const form = HEADER_BYTES + index * FORM_BYTES;
    count += (bytes.readUInt8(form) === PLAIN ? 2 : 1) + bytes.readUInt8(form + 1);
  }
  const { columns, end } = decodeChunk(bytes, HEADER_BYTES + present * FORM_BYTES, count, n);
  if (end !== bytes.length) throw corrupted('bytes after the last chunk');
  let next = 0;
  return () => columns[next++] ?? new Float64Array(n);
}

function takeValues(take: () => Float64Array, decimals: number, isCounter: boolean): Float64Array {
  if (decimals === PLAIN) return fromHalves(take(), take());
  if (decimals > MAX_DECIMALS) throw corrupted('impossible form of a column');
  const whole = isCounter ? fromSteps(take()) : take();
  return whole.map((one) => one / 10 ** decimals);
}

/** The fewest decimals with which every value comes back as it was; null where there are none. */
function findDecimals(values: Float64Array): number | null {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals += 1) {
    const scale = 10 ** decimals;
    const fits = values.every((value) => {
      const whole = Math.round(value * scale);
      return Number.isSafeInteger(whole) && Math.abs(whole) < 2 ** 52 && Object.is(whole / scale, value);
    });
    if (fits) return decimals;
  }
  return null;
}

/** A gap repeats the value before it, the first ones the first value after them, so that it adds no width. */
function fillGaps(values: Float64Array): Float64Array {
  let last = values.find((value) => !Number.isNaN(value)) ?? 0;
  return values.map((value) => (last = Number.isNaN(value) ? last : value));
}

function toSteps(values: Float64Array): Float64Array {
  return values.map((value, position) => value - (values[position - 1] ?? 0));
}

function fromSteps(steps: Float64Array): Float64Array {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

function toHalves(values: Float64Array): [Float64Array, Float64Array] {
  const bits = new DataView(new ArrayBuffer(8));
  const [high, low] = [new Float64Array(values.length), new Float64Array(values.length)];
  values.forEach((value, position) => {
    bits.setFloat64(0, value);
    high[position] = bits.getUint32(0);
    low[position] = bits.getUint32(4);
  });
  return [high, low];
}

function fromHalves(high: Float64Array, low: Float64Array): Float64Array {
  const bits = new DataView(new ArrayBuffer(8));
  return high.map((upper, position) => {
    bits.setUint32(0, upper);
    bits.setUint32(4, low[position] ?? 0);
    return bits.getFloat64(0);
  });
}

function checksum(blob: Buffer): number {
  // The header's own fields count too, except the place of the sum itself.
  return crc32(blob.subarray(HEADER_BYTES), crc32(blob.subarray(0, CRC_OFFSET)));
}
