import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { GraphProto, ModelProto, TensorProto } from './gen/onnx_pb.js';
import { ModelProtoSchema } from './gen/onnx_pb.js';
import { DataType, elementCount, packedByteLength } from './element-types.ts';
import type { ExternalFile } from './external-data.ts';
import { findExternalFiles, isExternal } from './external-data.ts';
import { describeSignature, SIGNATURE_BYTES } from './file-signature.ts';
import {
  directoryFailure,
  fileFailure,
  invalidModel,
  IR_VERSIONS,
  modelFailure,
  notOnnx,
  OPSET_VERSIONS,
  tooLargeModel,
  truncatedModel,
} from './model-failures.ts';
import type { Payload } from './skim.ts';
import { PAYLOAD_MARKER, RAW_DATA, SkimError, skimModel } from './skim.ts';
import { allNodes, allTensors, DEFAULT_DOMAIN, toDomain, toOperatorName } from './walk.ts';

/** A model whose structure is in memory and whose weights are still in its files. */
export interface LoadedModel {
  /** Absolute path of the .onnx file. */
  path: string;
  /** Bytes of the .onnx file alone. */
  fileBytes: number;
  /** The message without tensor data longer than `keepBytes`; `readTensorBytes` finds it. */
  model: ModelProto;
  graph: GraphProto;
  /** Data that was left in the .onnx file. */
  payloads: ReadonlyMap<TensorProto, readonly Payload[]>;
  /** In order of their location. */
  externalFiles: readonly ExternalFile[];
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** Tensor data up to this length is kept in the message, 4 KiB unless said otherwise; Infinity keeps all of it. */
  keepBytes?: number;
}

/** Protobuf refuses messages of 2 GiB and more. */
const MAX_FILE_BYTES = 2 ** 31 - 1;
const KEEP_BYTES = 4096;

/** Operator domains that ONNX Runtime 1.30 registers; a file may add its own by defining functions. */
const RUNTIME_DOMAINS = new Set([
  DEFAULT_DOMAIN,
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.nchwc',
  'com.microsoft.experimental',
  'com.microsoft.dml',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
]);

/**
 * Reads the structure of a model and checks everything that can be known without ONNX Runtime. Weights are not read.
 * Throws InferometerError with a MODEL_* code (docs/method/inspect.md); an abort throws the signal's reason.
 */
export async function readModel(modelPath: string, options: ReadOptions = {}): Promise<LoadedModel> {
  const absolute = path.resolve(modelPath);
  const { skimmed, fileBytes } = await readStructure(absolute, options);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, skimmed.skeleton);
  } catch (cause) {
    throw invalidModel(absolute, cause instanceof Error ? cause.message : 'it cannot be decoded', cause);
  }
  const graph = checkVersions(absolute, model);
  if (fileBytes > MAX_FILE_BYTES) throw tooLargeModel(absolute, 'a single ONNX file cannot hold 2 GiB or more');
  checkDomains(absolute, model);
  const payloads = claimPayloads(absolute, model, skimmed.payloads);
  for (const tensor of allTensors(model)) checkTensor(absolute, tensor, payloads.get(tensor));
  const externalFiles = await findExternalFiles(absolute, allTensors(model));
  return { path: absolute, fileBytes, model, graph, payloads, externalFiles };
}

async function readStructure(absolute: string, options: ReadOptions) {
  let handle: FileHandle | undefined;
  try {
    handle = await open(absolute, 'r');
    const status = await handle.stat();
    if (status.isDirectory()) throw directoryFailure(absolute);
    if (!status.isFile()) throw notOnnx(absolute, 'a device or pipe');
    if (status.size === 0) {
      throw modelFailure('MODEL_EMPTY', `${absolute} is empty (0 bytes).`, 'Export or download the model again.', {
        path: absolute,
      });
    }
    const head = new Uint8Array(Math.min(SIGNATURE_BYTES, status.size));
    await handle.read(head, 0, head.byteLength, 0);
    const looksLike = describeSignature(head);
    if (looksLike !== null) throw notOnnx(absolute, looksLike);
    const skimmed = await skimModel(handle, status.size, options.keepBytes ?? KEEP_BYTES, options.signal);
    return { skimmed, fileBytes: status.size };
  } catch (cause) {
    throw cause instanceof SkimError ? fromSkimError(absolute, cause) : (fileFailure(absolute, cause) ?? cause);
  } finally {
    await handle?.close();
  }
}

function fromSkimError(absolute: string, error: SkimError) {
  switch (error.kind) {
    case 'truncated':
      return truncatedModel(absolute);
    case 'not-onnx':
      return notOnnx(absolute, null);
    case 'malformed':
      return invalidModel(absolute, error.message, error);
    case 'too-large':
      return tooLargeModel(absolute, error.message);
  }
}

function checkVersions(absolute: string, model: ModelProto): GraphProto {
  if (model.irVersion === 0n && model.opsetImport.length === 0) throw notOnnx(absolute, null);
  if (model.irVersion > BigInt(IR_VERSIONS.max)) {
    throw modelFailure(
      'MODEL_IR_TOO_NEW',
      `${absolute} uses IR version ${model.irVersion}; ONNX Runtime 1.30 reads up to ${IR_VERSIONS.max}.`,
      `Save the model with IR version ${IR_VERSIONS.max} or lower.`,
      { path: absolute, irVersion: Number(model.irVersion), max: IR_VERSIONS.max },
    );
  }
  if (model.irVersion < BigInt(IR_VERSIONS.min)) {
    throw invalidModel(
      absolute,
      `IR version ${model.irVersion} is older than ${IR_VERSIONS.min}, the first complete one`,
    );
  }
  if (model.graph === undefined) throw truncatedModel(absolute);
  if (model.opsetImport.length === 0) throw invalidModel(absolute, 'it states no operator set');
  for (const { domain, version } of model.opsetImport) {
    if (version < 0n || version > 2n ** 31n) throw invalidModel(absolute, `operator set ${version} cannot exist`);
    if (toDomain(domain) !== DEFAULT_DOMAIN) continue;
    if (version < BigInt(OPSET_VERSIONS.min) || version > BigInt(OPSET_VERSIONS.max)) {
      throw modelFailure(
        'MODEL_OPSET_UNSUPPORTED',
        `${absolute} uses operator set ${version}; ONNX Runtime 1.30 runs ${OPSET_VERSIONS.min} to ${OPSET_VERSIONS.max}.`,
        `Export the model again with an operator set from ${OPSET_VERSIONS.min} to ${OPSET_VERSIONS.max}.`,
        { path: absolute, opset: Number(version), min: OPSET_VERSIONS.min, max: OPSET_VERSIONS.max },
      );
    }
  }
  return model.graph;
}

function checkDomains(absolute: string, model: ModelProto): void {
  const local = new Set(model.functions.map((definition) => toDomain(definition.domain)));
  for (const node of allNodes(model)) {
    if (node.opType === '') throw invalidModel(absolute, `node "${node.name}" has no operator`);
    const domain = toDomain(node.domain);
    if (RUNTIME_DOMAINS.has(domain) || local.has(domain)) continue;
    throw modelFailure(
      'MODEL_UNKNOWN_OPERATOR',
      `${absolute} uses the operator ${toOperatorName(node)}, which ONNX Runtime does not have.`,
      'Export the model without custom operators.',
      { path: absolute, operator: toOperatorName(node) },
    );
  }
}

/** Resolves the markers that the skimmer left, and removes them so that they never reach a file. */
function claimPayloads(absolute: string, model: ModelProto, payloads: readonly Payload[]) {
  const claimed = new Map<TensorProto, Payload[]>();
  const free = new Set(payloads);
  if (free.size === 0) return claimed;
  for (const tensor of allTensors(model)) {
    const unknown = tensor.$unknown ?? [];
    const markers = unknown.filter((field) => field.no === PAYLOAD_MARKER);
    if (markers.length === 0) continue;
    tensor.$unknown = unknown.filter((field) => field.no !== PAYLOAD_MARKER);
    const found = markers.map((marker) => {
      const payload = payloads[new BinaryReader(marker.data).uint32()];
      if (payload === undefined || !free.delete(payload)) throw invalidModel(absolute, 'it contains unknown fields');
      return payload;
    });
    claimed.set(tensor, found);
  }
  return claimed;
}

/** Data in a field that does not fit the dimensions would make ONNX Runtime refuse the model, or read past its end. */
function checkTensor(absolute: string, tensor: TensorProto, payloads: readonly Payload[] = []): void {
  const expected = packedByteLength(tensor.dataType, tensor.dims);
  if (tensor.dataType === DataType.STRING) return;
  if (expected === null) throw invalidModel(absolute, `tensor "${tensor.name}" has no size that can be read`);
  const entries = typedBytes(tensor, payloads);
  const rawBytes = payloads.findLast((payload) => payload.field === RAW_DATA)?.length ?? tensor.rawData.byteLength;
  if (isExternal(tensor)) return;
  if (rawBytes === 0 && entries > 0) {
    // Each element takes at least half an entry (4-bit types), each entry at least a byte.
    if (entries * 2 >= (elementCount(tensor.dims) ?? Infinity)) return;
    throw invalidModel(absolute, `tensor "${tensor.name}" has less data than its dimensions need`);
  }
  if (rawBytes !== expected) {
    throw invalidModel(absolute, `tensor "${tensor.name}" has ${rawBytes} bytes of data where ${expected} are needed`);
  }
}

/** Entries of the typed lists that were kept, plus bytes of those that were skipped. */
function typedBytes(tensor: TensorProto, payloads: readonly Payload[]): number {
  const lists = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData, tensor.uint64Data];
  const kept = lists.reduce((sum, list) => sum + list.length, 0);
  return payloads.reduce((sum, payload) => sum + (payload.field === RAW_DATA ? 0 : payload.length), kept);
}
