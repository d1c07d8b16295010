import type { ElementType } from '../../../../../shared/domain/model.ts';
import { layoutOf } from '../element-layout.ts';
import { invalidData } from '../invalid.ts';

/** What the header of a NumPy array says. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
export interface NumpyHeader {
  type: ElementType;
  /** Little endian is all that is read, so the order of bytes is no part of it. */
  dims: number[];
  /** True: the first axis varies fastest in the data. */
  isFortran: boolean;
  /** Bytes before the data. */
  headerBytes: number;
  /** Bytes of the data. */
  dataBytes: number;
}

/** Bytes from which the length of every header can be told. */
export const headerStartBytes = 12;
/** Headers are padded to a multiple of 64; a description of one array is far below this. */
const longestHeader = 1 << 20;
const magic = [0x93, ...Buffer.from('NUMPY')];

const types: Readonly<Record<string, ElementType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

const kinds: Readonly<Record<string, string>> = {
  O: 'Python objects, which are never loaded',
  S: 'text',
  U: 'text',
  a: 'text',
  V: 'raw bytes',
  c: 'complex numbers',
  M: 'dates',
  m: 'durations',
};

/** Length of the whole header, from its first bytes. Throws INPUTS_INVALID where they are no header of NumPy. */
export function headerLength(start: Uint8Array, origin: string): number {
  if (start.byteLength < headerStartBytes || magic.some((byte, index) => start[index] !== byte)) {
    throw invalidData(
      `${origin} is no array of NumPy: it does not begin as one.`,
      'Write it with numpy.save or numpy.savez.',
    );
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const [version] = start.subarray(6);
  if (version !== 1 && version !== 2 && version !== 3) {
    throw invalidData(
      `${origin} has version ${version} of NumPy's format, which is not known.`,
      'Write it with version 1.0: numpy.lib.format.write_array(file, array, (1, 0)).',
    );
  }
  const length = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (length > longestHeader || length < headerStartBytes)
    throw damaged(origin, 'the length of its header is impossible');
  return length;
}

/** Reads a whole header. Throws INPUTS_INVALID for types and byte orders that no input takes. */
export function parseHeader(bytes: Uint8Array, origin: string): NumpyHeader {
  const version = bytes[6] ?? 1;
  const text = Buffer.from(bytes.subarray(version === 1 ? 10 : 12)).toString(version === 3 ? 'utf8' : 'latin1');
  const descriptor = /['"]descr['"]\s*:\s*(['"])(.*?)\1/.exec(text)?.[2];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descriptor === undefined && /['"]descr['"]\s*:\s*\[/.test(text)) {
    throw invalidData(`${origin} holds records of several fields.`, 'Save each field as an array of its own.');
  }
  if (descriptor === undefined || order === undefined || shape === undefined) {
    throw damaged(origin, 'its header does not name type, order and shape');
  }
  const type = parseType(descriptor, origin);
  const dims = parseShape(shape, origin);
  const dataBytes = dims.reduce((product, dim) => product * dim, layoutOf(type)?.bytes ?? 0);
  if (!Number.isSafeInteger(dataBytes)) throw damaged(origin, 'its shape has more elements than a file can hold');
  // An axis that varies fastest makes no difference where there is one.
  return { type, dims, isFortran: order === 'True' && dims.length > 1, headerBytes: bytes.byteLength, dataBytes };
}

function parseType(descriptor: string, origin: string): ElementType {
  const [, order = '|', name = ''] = /^([<>=|])?(.*)$/.exec(descriptor) ?? [];
  const type = name === '?' ? 'bool' : types[name];
  if (type === undefined) {
    throw invalidData(
      `${origin} holds ${kinds[name[0] ?? ''] ?? `elements of type "${descriptor}"`}.`,
      'Save numbers: float16, float32, float64, integers of 8 to 64 bits, or bool.',
    );
  }
  if (order === '>') {
    throw invalidData(`${origin} is big endian ("${descriptor}").`, `Save it little endian: array.astype("<${name}").`);
  }
  return type;
}

function parseShape(text: string, origin: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  // Python 2 wrote long integers with an L.
  const dims = parts.map((part) => (/^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  if (dims.some((dim) => !Number.isSafeInteger(dim)))
    throw damaged(origin, `its shape (${text.slice(0, 80)}) cannot be read`);
  return dims;
}

function damaged(origin: string, reason: string): Error {
  return invalidData(`${origin} is damaged: ${reason}.`, 'Write it again with numpy.save or numpy.savez.');
}
