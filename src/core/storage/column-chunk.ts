import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { InferometerError } from '../../shared/errors.ts';

/*
 * The part of a blob that holds numbers: per column its minimum f64 and width u8, then the compressed length u32 and a
 * zstd frame. Each column is reduced by its minimum and stored byte by byte (all lowest bytes, then all second bytes,
 * ...), because the low bytes are noise that no compressor shrinks and the high ones are nearly constant.
 */

const COLUMN_HEADER_BYTES = 9;
/** Of a column once its minimum is taken off; 2^56 is beyond what doubles count exactly. */
const MAX_WIDTH = 7;

/** Columns of integers of the same length as one piece. */
export function encodeChunk(columns: Float64Array[]): Buffer {
  const headers = Buffer.alloc(columns.length * COLUMN_HEADER_BYTES + 4);
  const planes = columns.map((values, position) => {
    const { minimum, width } = range(values);
    headers.writeDoubleLE(minimum, position * COLUMN_HEADER_BYTES);
    headers.writeUInt8(width, position * COLUMN_HEADER_BYTES + 8);
    return splitBytes(values, minimum, width);
  });
  const compressed = zstdCompressSync(Buffer.concat(planes), {
    // Level 1 gave the smallest blobs and the shortest times on simulated latencies; higher levels find no matches.
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
  });
  headers.writeUInt32LE(compressed.length, headers.length - 4);
  return Buffer.concat([headers, compressed]);
}

/** The columns of a piece that begins at `start`, and where it ends. Throws STORAGE_UNUSABLE for a damaged one. */
export function decodeChunk(
  bytes: Buffer,
  start: number,
  columnCount: number,
  count: number,
): { columns: Float64Array[]; end: number } {
  const bodyStart = start + columnCount * COLUMN_HEADER_BYTES + 4;
  if (bodyStart > bytes.length) throw corrupted('chunk is cut off');
  const shapes = Array.from({ length: columnCount }, (_, position) => {
    const minimum = bytes.readDoubleLE(start + position * COLUMN_HEADER_BYTES);
    const width = bytes.readUInt8(start + position * COLUMN_HEADER_BYTES + 8);
    if (!Number.isSafeInteger(minimum) || width > MAX_WIDTH) throw corrupted('impossible column');
    return { minimum, width };
  });
  const end = bodyStart + bytes.readUInt32LE(bodyStart - 4);
  if (end > bytes.length) throw corrupted('chunk is cut off');
  const expected = shapes.reduce((sum, { width }) => sum + width * count, 0);
  const planes = decompress(bytes.subarray(bodyStart, end), expected);
  let offset = 0;
  const columns = shapes.map(({ minimum, width }) => {
    const values = joinBytes(planes, offset, count, minimum, width);
    offset += width * count;
    return values;
  });
  return { columns, end };
}

function decompress(frame: Buffer, expected: number): Buffer {
  let planes: Buffer;
  try {
    planes = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, expected) });
  } catch (cause) {
    throw corrupted('chunk does not decompress', cause);
  }
  if (planes.length !== expected) throw corrupted('chunk has the wrong length');
  return planes;
}

function range(values: Float64Array): { minimum: number; width: number } {
  let minimum = at(values, 0);
  let maximum = minimum;
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  let width = 0;
  for (let rest = maximum - minimum; rest > 0; rest = Math.floor(rest / 256)) width += 1;
  return { minimum, width };
}

/** An element that is there: the loops stay in range by construction, which the type of an index cannot say. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}

const TWO_TO_24 = 2 ** 24;

/** Byte k of value i goes to `k * count + i`. Halves of 24 bits and up keep the inner loops in 32-bit integers. */
function splitBytes(values: Float64Array, minimum: number, width: number): Buffer {
  const count = values.length;
  const planes = Buffer.allocUnsafe(count * width);
  for (let i = 0; i < count; i += 1) {
    const value = at(values, i) - minimum;
    const high = Math.floor(value / TWO_TO_24);
    let low = value - high * TWO_TO_24;
    let plane = 0;
    for (; plane < width && plane < 3; plane += 1, low >>= 8) planes[plane * count + i] = low & 0xff;
    let rest = high;
    for (; plane < width; plane += 1) {
      planes[plane * count + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  return planes;
}

function joinBytes(planes: Buffer, offset: number, count: number, minimum: number, width: number): Float64Array {
  const values = new Float64Array(count).fill(minimum);
  let scale = 1;
  for (let plane = 0; plane < width; plane += 1, scale *= 256) {
    const start = offset + plane * count;
    for (let i = 0; i < count; i += 1) values[i] = at(values, i) + (planes[start + i] ?? Number.NaN) * scale;
  }
  return values;
}

/** A blob that is not what was stored. */
export function corrupted(finding: string, cause?: unknown): InferometerError {
  return new InferometerError(
    {
      code: 'STORAGE_UNUSABLE',
      message: `Stored samples are damaged: ${finding}.`,
      remedy: 'Restore the database from a backup, or measure this configuration again; its summary is still readable.',
    },
    { cause },
  );
}
