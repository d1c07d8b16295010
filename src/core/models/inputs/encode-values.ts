import type { ElementType } from '../../../shared/domain/model.ts';
import { InferometerError } from '../../../shared/errors.ts';

/** Bytes of one element of an input that can be generated. Throws INPUTS_INVALID for strings and packed types. */
export function bytesPerElement(type: ElementType, input: string): number {
  switch (type) {
    case 'int8':
    case 'uint8':
    case 'bool':
      return 1;
    case 'float16':
    case 'bfloat16':
    case 'int16':
    case 'uint16':
      return 2;
    case 'float32':
    case 'int32':
    case 'uint32':
      return 4;
    case 'float64':
    case 'int64':
    case 'uint64':
      return 8;
    default:
      throw new InferometerError({
        code: 'INPUTS_INVALID',
        message: `No values can be generated for the input "${input}" of type ${type}.`,
        remedy: 'Give real inputs with --inputs, or export the model with numeric inputs.',
        data: { input, type },
      });
  }
}

/** Little-endian bytes of values in an element type. Integers must be whole and within 32 bits. */
export function encodeValues(values: Float32Array, type: ElementType, input: string): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(type, input));
  const { buffer } = bytes;
  switch (type) {
    case 'float32':
      new Float32Array(buffer).set(values);
      break;
    case 'float64':
      new Float64Array(buffer).set(values);
      break;
    case 'float16':
      toFloat16(values, new Uint16Array(buffer));
      break;
    case 'bfloat16':
      toUpperHalf(values, new Uint16Array(buffer));
      break;
    case 'int64':
    case 'uint64':
      toInt64(values, new Int32Array(buffer));
      break;
    case 'int32':
      new Int32Array(buffer).set(values);
      break;
    case 'uint32':
      new Uint32Array(buffer).set(values);
      break;
    case 'int16':
      new Int16Array(buffer).set(values);
      break;
    case 'uint16':
      new Uint16Array(buffer).set(values);
      break;
    case 'int8':
      new Int8Array(buffer).set(values);
      break;
    default:
      new Uint8Array(buffer).set(values);
  }
  return bytes;
}

/** Two halves each, because 64-bit typed arrays would need a BigInt for every element. */
function toInt64(values: Float32Array, halves: Int32Array): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    halves[2 * index] = value;
    halves[2 * index + 1] = value < 0 ? -1 : 0;
  }
}

function toUpperHalf(values: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < bits.length; index++) halves[index] = (bits[index] ?? 0) >>> 16;
}

/** IEEE 754 binary16 by truncation; values below its normal range become 0 and above its range infinity. */
function toFloat16(values: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < bits.length; index++) {
    const word = bits[index] ?? 0;
    const exponent = ((word >>> 23) & 0xff) - 127 + 15;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = exponent <= 0 ? 0 : exponent >= 31 ? 0x7c00 : (exponent << 10) | ((word >>> 13) & 0x3ff);
    halves[index] = sign | magnitude;
  }
}
