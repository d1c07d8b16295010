import { crc32, deflateRawSync } from 'node:zlib';

/** An array in the form that NumPy writes, built from its description so that readers are tested against that. */
export interface NumpyArray {
  /** Type as NumPy names it, with the order of bytes: "<f4". */
  descriptor: string;
  dims: readonly number[];
  /** Elements in row-major order, little endian. */
  data: Uint8Array;
}

export interface NumpyOptions {
  version?: 1 | 2 | 3;
  isFortran?: boolean;
}

/** The bytes of an .npy file. */
export function toNpy(array: NumpyArray, { version = 1, isFortran = false }: NumpyOptions = {}): Buffer {
  const shape = array.dims.length === 1 ? `(${array.dims[0]},)` : `(${array.dims.join(', ')})`;
  const text = `{'descr': '${array.descriptor}', 'fortran_order': ${isFortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const prefix = version === 1 ? 10 : 12;
  const padded = text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1) + '\n';
  const length = Buffer.alloc(prefix - 8);
  if (version === 1) length.writeUInt16LE(padded.length);
  else length.writeUInt32LE(padded.length);
  const data = isFortran && array.data.byteLength > 0 ? toFortran(array) : array.data;
  return Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]), length, Buffer.from(padded), data]);
}

/** The same elements with the first axis varying fastest. */
function toFortran({ dims, data }: NumpyArray): Uint8Array {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const size = count === 0 ? 0 : data.byteLength / count;
  const result = new Uint8Array(data.byteLength);
  for (let index = 0; index < count; index++) {
    let rest = index;
    let target = 0;
    const places = dims.toReversed().map((dim) => {
      const place = rest % dim;
      rest = Math.floor(rest / dim);
      return place;
    });
    places.toReversed().reduce((stride, place, axis) => {
      target += place * stride;
      return stride * (dims[axis] ?? 1);
    }, 1);
    result.set(data.subarray(index * size, (index + 1) * size), target * size);
  }
  return result;
}

/** The bytes of a zip archive with these files; deflated ones as `numpy.savez_compressed` writes them. */
export function toZip(files: Readonly<Record<string, Uint8Array>>, isDeflated: boolean): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const stored = isDeflated ? deflateRawSync(content) : Buffer.from(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(isDeflated ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(content.byteLength, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), stored]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end]);
}

/** A float32 array from its elements. */
export function floatArray(dims: readonly number[], values: Iterable<number>): NumpyArray {
  return { descriptor: '<f4', dims, data: new Uint8Array(Float32Array.from(values).buffer) };
}

/** A signed integer array of 64 bits, as NumPy makes labels by default. */
export function longArray(values: readonly number[], dims: readonly number[] = [values.length]): NumpyArray {
  return { descriptor: '<i8', dims, data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}
