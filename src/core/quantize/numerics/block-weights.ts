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
  const levels = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  for (let column = 0; column < columns; column += 1) {
    for (let block = 0; block < blocks; block += 1) {
      const from = block * blockSize;
      const to = Math.min(rows, from + blockSize);
      const { scale, zeroPoint } = symmetric
        ? symmetricBlock(weight, columns, column, from, to, middle)
        : asymmetricBlock(weight, columns, column, from, to, levels);
      scales[column * blocks + block] = scale;
      if (zeroPoints !== null) setElement(zeroPoints, column * zeroBytes, block, zeroPoint, bits);
      const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
      const start = (column * blocks + block) * bytesPerBlock;
      for (let row = from; row < to; row += 1) {
        const value = weight[row * columns + column]!;
        const quantized = Math.floor(Math.fround(Math.fround(value * inverse) + zeroPoint) + 0.5);
        setElement(packed, start, row - from, Math.min(levels, Math.max(0, quantized)), bits);
      }
    }
  }
  return { packed, scales, zeroPoints };
}

function symmetricBlock(
  weight: Float32Array,
  columns: number,
  column: number,
  from: number,
  to: number,
  middle: number,
): { scale: number; zeroPoint: number } {
  const { low, high } = blockRange(weight, columns, column, from, to);
  // Of two that are equally large the negative one: it has one step more to fall on.
  const largest = high > -low ? high : low;
  return { scale: Math.fround(largest / -middle), zeroPoint: middle };
}

function asymmetricBlock(
  weight: Float32Array,
  columns: number,
  column: number,
  from: number,
  to: number,
  levels: number,
): { scale: number; zeroPoint: number } {
  const { low, high } = blockRange(weight, columns, column, from, to);
  const scale = Math.fround(Math.fround(high - low) / levels);
  if (scale === 0) return { scale, zeroPoint: Math.ceil(levels / 2) };
  // In float32 throughout, as it is computed there: halves fall differently otherwise.
  const zeroPoint = Math.round(Math.fround(-low * Math.fround(1 / scale)));
  return { scale, zeroPoint: Math.min(levels, Math.max(0, zeroPoint)) };
}

/** Smallest and largest value of a block, zero included. */
function blockRange(
  weight: Float32Array,
  columns: number,
  column: number,
  from: number,
  to: number,
): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (let row = from; row < to; row += 1) {
    const value = weight[row * columns + column]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
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
