import type { FileHandle } from 'node:fs/promises';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Data of a tensor that was left in the file. */
export interface Payload {
  /** Field of TensorProto: raw_data, float_data and so on. */
  field: number;
  /** Position in the .onnx file, bytes. */
  offset: number;
  length: number;
}

export interface Skimmed {
  /** The model as a protobuf message without the payloads; each is replaced by a marker with its index. */
  skeleton: Uint8Array;
  payloads: Payload[];
}

/** Why the bytes are not a complete ONNX message. */
export class SkimError extends Error {
  readonly kind: 'truncated' | 'not-onnx' | 'malformed' | 'too-large';
  constructor(kind: SkimError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Field number of the marker: the highest that protobuf allows, which ONNX does not use. */
export const PAYLOAD_MARKER = 2 ** 29 - 1;

/** Wire types as plain numbers: those of a file may be any. */
const Wire: Readonly<Record<'Varint' | 'Bit64' | 'Bit32' | 'LengthDelimited', number>> = WireType;

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'function' | 'sparse' | 'tensor';

/** Message fields (field number to kind) on the way to a tensor (resources/onnx/onnx.proto). */
const CHILDREN: Record<Kind, Readonly<Record<number, Kind>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};
/** Field number of raw_data in TensorProto. */
export const RAW_DATA = 9;
/** float_data, int32_data, int64_data, raw_data, double_data, uint64_data. */
const PAYLOAD_FIELDS = new Set([4, 5, 7, RAW_DATA, 10, 11]);
const MODEL_WIRE_TYPES: Readonly<Record<number, number>> = {
  1: Wire.Varint,
  2: Wire.LengthDelimited,
  3: Wire.LengthDelimited,
  4: Wire.LengthDelimited,
  5: Wire.Varint,
  6: Wire.LengthDelimited,
  7: Wire.LengthDelimited,
  8: Wire.LengthDelimited,
  14: Wire.LengthDelimited,
  20: Wire.LengthDelimited,
  25: Wire.LengthDelimited,
};

/** Small, because the window is filled again after each payload that is skipped. */
const WINDOW_BYTES = 1 << 16;
/** A tag and a length are at most five and ten bytes. */
const HEADER_BYTES = 16;
/** The recursion limit of the protobuf parser in ONNX Runtime. */
const MAX_DEPTH = 100;
/** A graph without its weights that is larger than this would take many gigabytes as objects. */
const MAX_SKELETON_BYTES = 256 * 2 ** 20;

interface Frame {
  kind: Kind;
  end: number;
}

/**
 * Reads the structure of a model without its weights: tensor data longer than `keepBytes` stays in the file and is
 * skipped by offset, so memory does not grow with the weights. Throws SkimError.
 */
export async function skimModel(
  handle: FileHandle,
  fileBytes: number,
  keepBytes: number,
  signal?: AbortSignal,
): Promise<Skimmed> {
  const file = createWindow(handle, fileBytes, signal);
  const writer = new BinaryWriter();
  const payloads: Payload[] = [];
  const stack: Frame[] = [{ kind: 'model', end: fileBytes }];
  let copied = 0;
  let position = 0;
  let sawVersion = false;

  for (;;) {
    let frame = stack[stack.length - 1]!;
    while (position === frame.end && stack.length > 1) {
      writer.join();
      stack.pop();
      frame = stack[stack.length - 1]!;
    }
    if (position === frame.end) break;

    const atTop = stack.length === 1;
    if (!file.holds(position, HEADER_BYTES)) await file.load(position);
    const tag = file.varint(position, frame.end);
    const field = tag === null ? 0 : Math.floor(tag.value / 8);
    const wireType = tag === null ? 0 : tag.value % 8;
    if (tag === null || field === 0 || field > PAYLOAD_MARKER || (atTop && !expectedAtTop(field, wireType))) {
      throw atTop && !sawVersion
        ? new SkimError('not-onnx', 'the file is not a protobuf message of ONNX')
        : damaged(atTop && tag === null, `there is no field at byte ${position}`);
    }
    const body = position + tag.length;
    const value = measure(file, body, frame.end, wireType);
    if (value === null || value.end > frame.end) {
      if (atTop && !sawVersion) throw new SkimError('not-onnx', 'the file is not a protobuf message of ONNX');
      throw damaged(atTop, `the field at byte ${position} is longer than what contains it`);
    }
    sawVersion ||= atTop && field === 1;

    const child = wireType === Wire.LengthDelimited ? CHILDREN[frame.kind][field] : undefined;
    if (value.length > keepBytes && child !== undefined) {
      if (stack.length >= MAX_DEPTH) throw new SkimError('malformed', `messages are nested deeper than ${MAX_DEPTH}`);
      writer.tag(field, WireType.LengthDelimited).fork();
      stack.push({ kind: child, end: value.end });
      position = value.start;
      continue;
    }
    if (value.length > keepBytes && frame.kind === 'tensor' && isPayload(field, wireType)) {
      writer.tag(PAYLOAD_MARKER, WireType.Varint).uint32(payloads.length);
      payloads.push({ field, offset: value.start, length: value.length });
    } else if (frame.kind !== 'tensor' || field !== PAYLOAD_MARKER) {
      copied += value.end - position;
      if (copied > MAX_SKELETON_BYTES) throw new SkimError('too-large', 'its graph without weights takes over 256 MiB');
      const whole = file.view(position, value.end);
      if (whole) writer.raw(whole);
      else for await (const chunk of file.read(position, value.end)) writer.raw(chunk);
    }
    position = value.end;
  }
  return { skeleton: writer.finish(), payloads };
}

function damaged(isTruncated: boolean, message: string): SkimError {
  return new SkimError(isTruncated ? 'truncated' : 'malformed', message);
}

function expectedAtTop(field: number, wireType: number): boolean {
  return (MODEL_WIRE_TYPES[field] ?? wireType) === wireType;
}

function isPayload(field: number, wireType: number): boolean {
  return wireType === Wire.LengthDelimited && PAYLOAD_FIELDS.has(field);
}

/** Where a field's value lies; null when its type does not exist in ONNX or its length cannot be read. */
function measure(file: FileWindow, body: number, end: number, wireType: number) {
  switch (wireType) {
    case Wire.Varint: {
      const value = file.varint(body, end);
      return value === null ? null : { start: body, length: value.length, end: body + value.length };
    }
    case Wire.Bit64:
      return { start: body, length: 8, end: body + 8 };
    case Wire.Bit32:
      return { start: body, length: 4, end: body + 4 };
    case Wire.LengthDelimited: {
      const length = file.varint(body, end);
      if (length === null) return null;
      const start = body + length.length;
      return { start, length: length.value, end: start + length.value };
    }
    default:
      return null;
  }
}

interface FileWindow {
  holds(position: number, length: number): boolean;
  load(position: number): Promise<void>;
  /** Value (exact to 2^53, larger ones only ordered) and encoded length, or null if it does not end before `end`. */
  varint(position: number, end: number): { value: number; length: number } | null;
  /** The bytes if they are in memory; valid until the next load. */
  view(position: number, end: number): Uint8Array | null;
  read(position: number, end: number): AsyncIterable<Uint8Array>;
}

function createWindow(handle: FileHandle, fileBytes: number, signal: AbortSignal | undefined): FileWindow {
  const buffer = new Uint8Array(Math.min(WINDOW_BYTES, fileBytes));
  let start = 0;
  let end = 0;

  async function load(position: number): Promise<void> {
    signal?.throwIfAborted();
    start = position;
    end = position;
    const wanted = Math.min(buffer.byteLength, fileBytes - position);
    while (end - start < wanted) {
      const { bytesRead } = await handle.read(buffer, end - start, wanted - (end - start), end);
      // The file became shorter while it was read.
      if (bytesRead === 0) throw new SkimError('truncated', 'the file changed while it was read');
      end += bytesRead;
    }
  }
  const holds = (position: number, length: number): boolean =>
    position >= start && Math.min(position + length, fileBytes) <= end;

  return {
    holds,
    load,
    varint(position, limit) {
      let value = 0;
      for (let index = 0; index < 10; index++) {
        const at = position + index;
        if (at >= limit || at >= end) return null;
        const byte = buffer[at - start] ?? 0;
        value += (byte & 0x7f) * 2 ** (7 * index);
        if (byte < 0x80) return { value, length: index + 1 };
      }
      return null;
    },
    view: (position, limit) =>
      position >= start && limit <= end ? buffer.subarray(position - start, limit - start) : null,
    async *read(position, limit) {
      let at = position;
      while (at < limit) {
        if (at < start || at >= end) await load(at);
        const stop = Math.min(limit, end);
        yield buffer.subarray(at - start, stop - start);
        at = stop;
      }
    },
  };
}
