import { createHash } from 'node:crypto';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { GraphProto, ModelProto, TensorProto } from './gen/onnx_pb.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
} from './gen/onnx_pb.js';
import type { Sha256 } from '../../shared/domain/ids.ts';
import { sha256Schema } from '../../shared/domain/ids.ts';
import { packedByteLength } from './element-types.ts';
import type { OutputFile } from './output-file.ts';
import { createOutputFile } from './output-file.ts';
import { allTensors } from './walk.ts';

/** Packed little-endian data of one initializer, whole or in pieces; undefined = what the message itself carries. */
export type TensorData = (initializerName: string) => Uint8Array | Iterable<Uint8Array> | undefined;

export interface WriteOptions {
  /** Puts initializers of at least `thresholdBytes` into `fileName`, beside the model. */
  externalData?: { thresholdBytes: number; fileName: string };
  /** Produces weights one at a time, so that a large model is never in memory as a whole. */
  tensorData?: TensorData;
  signal?: AbortSignal;
}

export interface WrittenModel {
  /** Of the bytes of the .onnx file followed by those of its external data file, if any. */
  sha256: Sha256;
  /** Bytes of both files. */
  sizeBytes: number;
  /** Name of the external data file, or null. */
  externalFile: string | null;
}

/** Protobuf parsers, ONNX Runtime's included, refuse a message of 2 GiB or more. */
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;
/** Page size of every supported system; ONNX asks for page alignment so that the data can be mapped. */
const ALIGNMENT = 4096;
const AUTOMATIC_THRESHOLD_BYTES = 1024;

// Field numbers of the two messages and of raw_data that are framed by hand (resources/onnx/onnx.proto).
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/** One initializer as it goes to disk: `head` is its message without raw_data. */
interface Piece {
  tensor: TensorProto;
  head: Uint8Array;
  /** null: `head` is the whole message. */
  rawLength: number | null;
  /** Position in the external file, or null when raw data is inline. */
  externalOffset: number | null;
}

/**
 * Writes a model to `target` through a temporary file, fsync and rename, with the memory of one tensor. The same
 * model gives the same bytes. Weights move to an external file when asked for, and always when the file would pass
 * 2 GiB. Throws STORAGE_FULL and STORAGE_UNUSABLE; a tensor without data, or with data of the wrong length, is a bug and
 * throws plainly.
 */
export async function writeModel(model: ModelProto, target: string, options: WriteOptions = {}): Promise<WrittenModel> {
  checkNestedTensors(model);
  const graph = model.graph ?? create(GraphProtoSchema);
  const modelHead = toBinary(ModelProtoSchema, without(model, 'graph'));
  const graphHead = toBinary(GraphProtoSchema, withFields(graph, { initializer: [] }));
  let external = options.externalData ?? null;
  let pieces = layOut(graph, options.tensorData, external);
  if (external === null && fileBytes(modelHead, graphHead, pieces) > MAX_MESSAGE_BYTES) {
    external = { thresholdBytes: AUTOMATIC_THRESHOLD_BYTES, fileName: `${path.basename(target)}.data` };
    pieces = layOut(graph, options.tensorData, external);
  }
  const outside = pieces.filter((piece) => piece.externalOffset !== null);

  const hash = createHash('sha256');
  await using modelFile = await createOutputFile(target, hash);
  await writeMessage(modelFile, modelHead, graphHead, pieces, options);
  await modelFile.finish();
  if (outside.length === 0 || external === null) {
    await modelFile.commit();
    return { sha256: sha256Schema.parse(hash.digest('hex')), sizeBytes: modelFile.size, externalFile: null };
  }
  await using dataFile = await createOutputFile(path.join(path.dirname(target), external.fileName), hash);
  await writeExternal(dataFile, outside, options);
  await dataFile.finish();
  // The data first: a model whose data is missing must never be visible.
  await dataFile.commit();
  await modelFile.commit();
  return {
    sha256: sha256Schema.parse(hash.digest('hex')),
    sizeBytes: modelFile.size + dataFile.size,
    externalFile: external.fileName,
  };
}

async function writeMessage(
  file: OutputFile,
  modelHead: Uint8Array,
  graphHead: Uint8Array,
  pieces: readonly Piece[],
  options: WriteOptions,
): Promise<void> {
  await file.write(modelHead);
  await file.write(prefix(MODEL_GRAPH, graphBytes(graphHead, pieces)));
  await file.write(graphHead);
  for (const piece of pieces) {
    options.signal?.throwIfAborted();
    await file.write(prefix(GRAPH_INITIALIZER, tensorBytes(piece)));
    await file.write(piece.head);
    if (piece.rawLength !== null && piece.externalOffset === null) {
      await file.write(prefix(TENSOR_RAW_DATA, piece.rawLength));
      await writeData(file, piece, options.tensorData);
    }
  }
}

async function writeExternal(file: OutputFile, pieces: readonly Piece[], options: WriteOptions): Promise<void> {
  const zeros = new Uint8Array(ALIGNMENT);
  for (const piece of pieces) {
    options.signal?.throwIfAborted();
    await file.write(zeros.subarray(0, (piece.externalOffset ?? 0) - file.size));
    await writeData(file, piece, options.tensorData);
  }
}

async function writeData(file: OutputFile, piece: Piece, tensorData: TensorData | undefined): Promise<void> {
  const data = tensorData?.(piece.tensor.name) ?? piece.tensor.rawData;
  let written = 0;
  for (const chunk of data instanceof Uint8Array ? [data] : data) {
    written += chunk.byteLength;
    await file.write(chunk);
  }
  if (written !== piece.rawLength) {
    throw new Error(`Initializer "${piece.tensor.name}" takes ${piece.rawLength} bytes but ${written} were given.`);
  }
}

function layOut(graph: GraphProto, tensorData: TensorData | undefined, external: WriteOptions['externalData'] | null) {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const tensor of graph.initializer) {
    const rawLength = rawByteLength(tensor, tensorData);
    if (rawLength === null) {
      pieces.push({ tensor, head: toBinary(TensorProtoSchema, tensor), rawLength, externalOffset: null });
    } else if (external && rawLength >= external.thresholdBytes) {
      const head = toBinary(TensorProtoSchema, toExternal(tensor, external.fileName, offset, rawLength));
      pieces.push({ tensor, head, rawLength, externalOffset: offset });
      offset = Math.ceil((offset + rawLength) / ALIGNMENT) * ALIGNMENT;
    } else {
      pieces.push({ tensor, head: toBinary(TensorProtoSchema, toInline(tensor)), rawLength, externalOffset: null });
    }
  }
  return pieces;
}

/**
 * Length of the raw data to write, or null where the message is written as it is because its typed fields hold the
 * data. A tensor without data, or whose data is in another file, needs `tensorData`.
 */
function rawByteLength(tensor: TensorProto, tensorData: TensorData | undefined): number | null {
  if (tensor.dataLocation !== DataLocation.EXTERNAL) {
    if (tensor.rawData.byteLength > 0) return tensor.rawData.byteLength;
    if (hasTypedData(tensor)) return null;
  }
  const length = packedByteLength(tensor.dataType, tensor.dims);
  if (length !== null && length > 0 && tensorData === undefined) throw withoutData(tensor);
  return length;
}

/** Nested tensors are written with their message, so they must be complete: the reader leaves out large ones. */
function checkNestedTensors(model: ModelProto): void {
  const handled = new Set(model.graph?.initializer);
  for (const tensor of allTensors(model)) {
    if (handled.has(tensor) || tensor.rawData.byteLength > 0 || hasTypedData(tensor)) continue;
    if (packedByteLength(tensor.dataType, tensor.dims) !== 0) throw withoutData(tensor);
  }
}

function withoutData(tensor: TensorProto): Error {
  return new Error(`There is no data for tensor "${tensor.name}"; read the model with keepBytes or pass tensorData.`);
}

function hasTypedData(tensor: TensorProto): boolean {
  return (
    tensor.floatData.length > 0 ||
    tensor.int32Data.length > 0 ||
    tensor.int64Data.length > 0 ||
    tensor.doubleData.length > 0 ||
    tensor.uint64Data.length > 0 ||
    tensor.stringData.length > 0
  );
}

function toInline(tensor: TensorProto): TensorProto {
  const head = without(tensor, 'rawData');
  return head.dataLocation === DataLocation.EXTERNAL
    ? withFields(without(head, 'dataLocation'), { externalData: [] })
    : head;
}

function toExternal(tensor: TensorProto, location: string, offset: number, length: number): TensorProto {
  const entries = { location, offset: String(offset), length: String(length) };
  return withFields(without(tensor, 'rawData'), {
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

/** A shallow copy with some fields replaced. Defaults of a message live on its prototype, so the copy needs it too. */
function withFields<T extends object>(message: T, fields: Partial<T>): T {
  const prototype: unknown = Object.getPrototypeOf(message);
  const copy = Object.create(prototype as object) as T;
  return Object.assign(copy, message, fields);
}

function without<T extends object>(message: T, field: keyof T): T {
  const copy = withFields(message, {});
  Reflect.deleteProperty(copy, field);
  return copy;
}

function prefix(fieldNumber: number, length: number): Uint8Array {
  return new BinaryWriter().tag(fieldNumber, WireType.LengthDelimited).uint64(length).finish();
}

function framedBytes(fieldNumber: number, length: number): number {
  return prefix(fieldNumber, length).byteLength + length;
}

function tensorBytes(piece: Piece): number {
  const inline = piece.rawLength !== null && piece.externalOffset === null;
  return piece.head.byteLength + (inline ? framedBytes(TENSOR_RAW_DATA, piece.rawLength ?? 0) : 0);
}

function graphBytes(graphHead: Uint8Array, pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + framedBytes(GRAPH_INITIALIZER, tensorBytes(piece)), graphHead.byteLength);
}

function fileBytes(modelHead: Uint8Array, graphHead: Uint8Array, pieces: readonly Piece[]): number {
  return modelHead.byteLength + framedBytes(MODEL_GRAPH, graphBytes(graphHead, pieces));
}
