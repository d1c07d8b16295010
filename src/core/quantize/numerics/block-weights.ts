/** How a matrix is cut into blocks that have a scale each. */
export interface BlockFormat {
  bits: 4 | 8;
  /** Rows along K that share a scale; a power of two, at least 16. */
  blockSize: number;
  symmetric: boolean;
}

/** Operands of MatMulNBits for a weight of K rows and N columns. */
export interface BlockWeights {
  /** [N, ceil(K / blockSize), blockSize * bits / 8], low nibble first. */
  packed: Uint8Array<ArrayBuffer>;
  /** [N, ceil(K / blockSize)]. */
  scales: Float32Array<ArrayBuffer>;
  /** [N * ceil(ceil(K / blockSize) * bits / 8)]; null where it is the middle of the type. */
  zeroPoints: Uint8Array<ArrayBuffer> | null;
}

/**
 * Quantizes a row-major [K, N] matrix block by block along K, to the bytes that ONNX Runtime's own packer writes
 * (docs/method/quantization.md). Symmetric: the element of largest magnitude, with its sign, becomes the lowest value,
 * so a scale may be negative. Asymmetric: from the smallest to the largest value, zero included.
 */
export function toBlockWeights(
  weight: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  { bits, blockSize, symmetric }: BlockFormat,
): BlockWeights {
  const blocks = Math.ceil(rows / blockSize);
  const bytesPerBlock = (blockSize * bits) / 8;
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  const packed = new Uint8Array(columns * blocks * bytesPerBlock);
  const scales = new Float32Array(columns * blocks);
  // A nibble that no block owns holds the middle.
  const zeroPoints = symmetric ? null : new Uint8Array(columns * zeroBytes).fill(bits === 4 ? 0x88 : 0x80);
  const range = new Float32Array(2 * columns);
  const inverses = new Float32Array(columns);
  const zeros = new Uint8Array(columns);
  for (let block = 0; block < blocks; block += 1) {
    const from = block * blockSize;
    const to = Math.min(rows, from + blockSize);
    blockRanges(weight, columns, from, to, range);
    for (let column = 0; column < columns; column += 1) {
      const low = range[2 * column]!;
      const high = range[2 * column + 1]!;
      const { scale, zeroPoint } = symmetric ? symmetricScale(low, high, bits) : asymmetricScale(low, high, bits);
      scales[column * blocks + block] = scale;
      if (zeroPoints !== null) setElement(zeroPoints, column * zeroBytes, block, zeroPoint, bits);
      inverses[column] = scale === 0 ? 0 : 1 / scale;
      zeros[column] = zeroPoint;
    }
    // Rows outside, columns inside: the weight is walked as it lies in memory.
    for (let row = from; row < to; row += 1) {
      const shift = bits === 4 ? ((row - from) & 1) * 4 : 0;
      const first = block * bytesPerBlock + (bits === 4 ? (row - from) >> 1 : row - from);
      packRow(
        weight,
        { row, columns, shift, first, stride: blocks * bytesPerBlock, levels: 2 ** bits - 1 },
        inverses,
        zeros,
        packed,
      );
    }
  }
  return { packed, scales, zeroPoints };
}

interface RowPlace {
  row: number;
  columns: number;
  /** Bits by which elements of this row are moved in their byte. */
  shift: number;
  /** Byte of the first column's element, and how far apart those of neighbouring columns are. */
  first: number;
  stride: number;
  levels: number;
}

/** Quantizes one row and adds its elements to bytes that were zero there. */
function packRow(
  weight: Float32Array,
  { row, columns, shift, first, stride, levels }: RowPlace,
  inverses: Float32Array,
  zeros: Uint8Array,
  packed: Uint8Array,
): void {
  const { fround, floor } = Math;
  const start = row * columns;
  for (let column = 0, at = first; column < columns; column += 1, at += stride) {
    const shifted = fround(fround(weight[start + column]! * inverses[column]!) + zeros[column]!);
    const rounded = floor(shifted + 0.5);
    packed[at]! |= (rounded < 0 ? 0 : rounded > levels ? levels : rounded) << shift;
  }
}

function symmetricScale(low: number, high: number, bits: 4 | 8): { scale: number; zeroPoint: number } {
  const middle = 2 ** (bits - 1);
  // Of two that are equally large the negative one: it has one step more to fall on.
  const largest = high > -low ? high : low;
  return { scale: Math.fround(largest / -middle), zeroPoint: middle };
}

function asymmetricScale(low: number, high: number, bits: 4 | 8): { scale: number; zeroPoint: number } {
  const levels = 2 ** bits - 1;
  const scale = Math.fround(Math.fround(high - low) / levels);
  if (scale === 0) return { scale, zeroPoint: 0 };
  // Divided in float32, as it is computed there: halves fall differently otherwise.
  const zeroPoint = Math.round(Math.fround(-low / scale));
  return { scale, zeroPoint: Math.min(levels, Math.max(0, zeroPoint)) };
}

/** Smallest and largest value of each column in some rows, zero included: low and high of the first column, and so on. */
function blockRanges(weight: Float32Array, columns: number, from: number, to: number, range: Float32Array): void {
  range.fill(0);
  for (let row = from; row < to; row += 1) {
    const start = row * columns;
    for (let column = 0; column < columns; column += 1) {
      const value = weight[start + column]!;
      if (value < range[2 * column]!) range[2 * column] = value;
      if (value > range[2 * column + 1]!) range[2 * column + 1] = value;
    }
  }
}

/** Writes element `index` of a row that begins at byte `start`; four-bit elements lie two to a byte, low nibble first. */
function setElement(bytes: Uint8Array, start: number, index: number, value: number, bits: 4 | 8): void {
  if (bits === 8) {
    bytes[start + index] = value;
    return;
  }
  const at = start + (index >> 1);
  const before = bytes[at] ?? 0;
  bytes[at] = index % 2 === 0 ? (before & 0xf0) | value : (before & 0x0f) | (value << 4);
}
