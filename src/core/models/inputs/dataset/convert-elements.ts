import type { ElementType } from '../../../../shared/domain/model.ts';
import { toNumbers } from '../../../onnx/tensor-values.ts';
import { layoutOf, toHalf } from './element-layout.ts';

/** Why an element cannot be passed to an input. */
export interface RefusedElement {
  /** Position in the sample. */
  element: number;
  /** Completes "holds <problem>". */
  problem: string;
}

/**
 * Elements of one sample in the type of an input: unchanged, exact, or for floats rounded to the nearest. Returns the
 * first element that would become another number: NaN, too large, or not whole where whole numbers are needed.
 */
export function convertElements(bytes: Uint8Array, from: ElementType, to: ElementType): Uint8Array | RefusedElement {
  const values = numbersOf(bytes, from);
  const isFloat = layoutOf(from)?.range === null;
  if (isFloat) {
    const missing = values.findIndex((value) => Number.isNaN(value));
    if (missing >= 0) return { element: missing, problem: 'NaN, which is no value' };
  }
  if (from === to && from !== 'bool') return bytes;
  const range = layoutOf(to)?.range ?? null;
  return range === null ? toFloats(values, to, isFloat) : toIntegers(values, to, range);
}

function toFloats(values: ArrayLike<number>, to: ElementType, isFloat: boolean): Uint8Array | RefusedElement {
  const result = new Uint8Array(values.length * (layoutOf(to)?.bytes ?? 0));
  const { buffer } = result;
  let stored: ArrayLike<number>;
  if (to === 'float16') {
    const bits = new Uint16Array(buffer);
    for (let index = 0; index < values.length; index++) bits[index] = toHalf(values[index]!);
    stored = numbersOf(result, to);
  } else {
    const view = to === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
    view.set(values);
    stored = view;
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const kept = stored[index]!;
    if (isFloat ? Number.isFinite(value) && !Number.isFinite(kept) : kept !== value || Math.abs(value) > maxExact) {
      return { element: index, problem: `${value}, which ${to} cannot hold` };
    }
  }
  return result;
}

/** 64-bit integers beyond it have been rounded when they became numbers. */
const maxExact = Number.MAX_SAFE_INTEGER;

function toIntegers(
  values: ArrayLike<number>,
  to: ElementType,
  [low, high]: readonly [number, number],
): Uint8Array | RefusedElement {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isInteger(value) && value >= low && value <= high) continue;
    const expected = to === 'bool' ? '0 or 1' : `a whole number from ${low} to ${high}`;
    return { element: index, problem: `${value}, where ${to} needs ${expected}` };
  }
  const bytes = layoutOf(to)?.bytes ?? 0;
  const result = new Uint8Array(values.length * bytes);
  const data = new DataView(result.buffer);
  for (let index = 0; index < values.length; index++) writeInteger(data, index * bytes, bytes, values[index]!);
  return result;
}

/** The low bits of two's complement are the same for signed and unsigned. */
function writeInteger(data: DataView, at: number, bytes: number, value: number): void {
  if (bytes === 1) data.setInt8(at, value);
  else if (bytes === 2) data.setInt16(at, value, true);
  else if (bytes === 4) data.setInt32(at, value, true);
  else data.setBigInt64(at, BigInt(value), true);
}

function numbersOf(data: Uint8Array, type: ElementType): Float32Array | Float64Array {
  const values = toNumbers({ type, data });
  if (values === null) throw new Error(`${type} has no numbers.`);
  return values;
}
