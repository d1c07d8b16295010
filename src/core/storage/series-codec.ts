import { crc32 } from 'node:zlib';
import type { SampleSeries } from '../../shared/domain/measurement.ts';
import { corrupted, decodeChunk, encodeChunk } from './column-chunk.ts';

/*
 * A series as one blob. Little-endian throughout:
 *
 *   header   magic "IFMS" | version u8 | columns u8 | reserved u16 | n u32 | crc32 u32 of all that follows
 *   chunk    per column: minimum f64, width u8 | compressed length u32 | zstd frame
 *
 * Stamps grow without end, so columns hold differences: in a closed loop the latency and the pause before each query, in
 * an open loop the latency, the wait and the step of the schedule. A chunk holds 65,536 samples; in it each column is
 * reduced by its minimum and stored byte by byte (all lowest bytes, then all second bytes, ...), because the low bytes
 * are noise that no compressor shrinks and the high ones are nearly constant. One stall widens its chunk only.
 */

/** Number stored beside each blob; a new layout gets a new number, and old ones stay readable. */
export const SERIES_ENCODING = 1;

const MAGIC = 0x534d4649; // "IFMS" read as a little-endian u32
const HEADER_BYTES = 16;
const CRC_OFFSET = 12;
const CHUNK_SAMPLES = 65_536;
const MAX_SAMPLES = 2 ** 24;
/** 26 days. Keeps every difference of two stamps, and of two differences, an exact integer. */
const MAX_STAMP_NS = 2 ** 51;

/**
 * Encodes stamps (integer ns within 26 days of the start, up to 2^24 queries). Throws RangeError for anything else,
 * because rounding here would store numbers that nobody measured.
 */
export function encodeSeries(series: SampleSeries): Buffer {
  const n = series.issuedNs.length;
  checkStamps(series, n);
  const columns = series.scheduledNs === null ? 2 : 3;
  const parts: Buffer[] = [Buffer.alloc(HEADER_BYTES)];
  for (let start = 0; start < n; start += CHUNK_SAMPLES) {
    parts.push(encodeChunk(toColumns(series, start, Math.min(n, start + CHUNK_SAMPLES))));
  }
  const blob = Buffer.concat(parts);
  blob.writeUInt32LE(MAGIC, 0);
  blob.writeUInt8(SERIES_ENCODING, 4);
  blob.writeUInt8(columns, 5);
  blob.writeUInt32LE(n, 8);
  blob.writeUInt32LE(checksum(blob), CRC_OFFSET);
  return blob;
}

/**
 * Decodes what encodeSeries made, number for number. Throws STORAGE_UNUSABLE for a damaged blob. The checksum comes first
 * and the size of every decompressed chunk is known beforehand, so that a hostile blob cannot claim memory.
 */
export function decodeSeries(blob: Uint8Array): SampleSeries {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const { n, columns } = readHeader(bytes);
  const series: SampleSeries = {
    scheduledNs: columns === 3 ? new Float64Array(n) : null,
    issuedNs: new Float64Array(n),
    completedNs: new Float64Array(n),
  };
  let offset = HEADER_BYTES;
  for (let start = 0; start < n; start += CHUNK_SAMPLES) {
    const count = Math.min(CHUNK_SAMPLES, n - start);
    const chunk = decodeChunk(bytes, offset, columns, count);
    fromColumns(series, start, chunk.columns);
    offset = chunk.end;
  }
  if (offset !== bytes.length) throw corrupted('bytes after the last chunk');
  return series;
}

function readHeader(bytes: Buffer): { n: number; columns: number } {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) throw corrupted('no header');
  const version = bytes.readUInt8(4);
  if (version !== SERIES_ENCODING) throw corrupted(`unknown encoding ${version}`);
  if (bytes.readUInt32LE(CRC_OFFSET) !== checksum(bytes)) throw corrupted('checksum differs');
  const columns = bytes.readUInt8(5);
  const n = bytes.readUInt32LE(8);
  if ((columns !== 2 && columns !== 3) || n > MAX_SAMPLES) throw corrupted('impossible header');
  return { n, columns };
}

function checkStamps({ scheduledNs, issuedNs, completedNs }: SampleSeries, n: number): void {
  if (n > MAX_SAMPLES) throw new RangeError(`A series holds at most ${MAX_SAMPLES} samples, not ${n}`);
  for (const stamps of scheduledNs === null ? [issuedNs, completedNs] : [scheduledNs, issuedNs, completedNs]) {
    if (stamps.length !== n) throw new RangeError('Stamps of one series differ in number');
    for (let i = 0; i < n; i += 1) {
      const stamp = at(stamps, i);
      if (!Number.isInteger(stamp) || Math.abs(stamp) > MAX_STAMP_NS) {
        throw new RangeError(`Stamp ${i} is not an integer number of ns in range: ${stamp}`);
      }
    }
  }
}

/** Differences of samples `start` to `end`, each chunk chained to the last stamp before it. */
function toColumns({ scheduledNs, issuedNs, completedNs }: SampleSeries, start: number, end: number): Float64Array[] {
  const count = end - start;
  const latency = new Float64Array(count);
  for (let i = 0; i < count; i += 1) latency[i] = at(completedNs, start + i) - at(issuedNs, start + i);
  const pause = new Float64Array(count);
  if (scheduledNs === null) {
    let previous = start === 0 ? 0 : at(completedNs, start - 1);
    for (let i = 0; i < count; i += 1) {
      pause[i] = at(issuedNs, start + i) - previous;
      previous = at(completedNs, start + i);
    }
    return [latency, pause];
  }
  const step = new Float64Array(count);
  let previous = start === 0 ? 0 : at(scheduledNs, start - 1);
  for (let i = 0; i < count; i += 1) {
    const scheduled = at(scheduledNs, start + i);
    step[i] = scheduled - previous;
    pause[i] = at(issuedNs, start + i) - scheduled;
    previous = scheduled;
  }
  return [latency, pause, step];
}

function fromColumns(
  { scheduledNs, issuedNs, completedNs }: SampleSeries,
  start: number,
  columns: Float64Array[],
): void {
  const [latency, pause, step] = columns;
  if (latency === undefined || pause === undefined) throw new Error('A chunk has two or three columns');
  const count = latency.length;
  if (scheduledNs === null || step === undefined) {
    let previous = start === 0 ? 0 : at(completedNs, start - 1);
    for (let i = 0; i < count; i += 1) {
      const issued = previous + at(pause, i);
      previous = issued + at(latency, i);
      issuedNs[start + i] = issued;
      completedNs[start + i] = previous;
    }
    return;
  }
  let previous = start === 0 ? 0 : at(scheduledNs, start - 1);
  for (let i = 0; i < count; i += 1) {
    previous += at(step, i);
    const issued = previous + at(pause, i);
    scheduledNs[start + i] = previous;
    issuedNs[start + i] = issued;
    completedNs[start + i] = issued + at(latency, i);
  }
}

/** An element that is there: the loops stay in range by construction, which the type of an index cannot say. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}

function checksum(blob: Buffer): number {
  // The header's own fields count too, except the place of the sum itself.
  return crc32(blob.subarray(HEADER_BYTES), crc32(blob.subarray(0, CRC_OFFSET)));
}
