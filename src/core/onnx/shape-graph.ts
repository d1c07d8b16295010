import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, chmod, copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import type { GraphProtoSchema } from './gen/onnx_pb.js';
import { ModelProtoSchema, TensorProto_DataType as DataType } from './gen/onnx_pb.js';
import { removeAbandoned } from '../abandoned-files.ts';
import { withFileFailures } from './output-file.ts';
import type { LoadedModel } from './read.ts';
import { inferElementTypes } from './tensor-types.ts';
import { toOperatorName } from './walk.ts';

/**
 * Loads the model at `modelPath` with graph optimizations disabled and returns the concrete dimensions of each of its
 * outputs for inputs of these shapes: from the session's metadata where they are fixed, else by running it.
 */
export type RuntimeShapes = (
  modelPath: string,
  feedShapes: Record<string, number[]>,
) => Promise<Record<string, number[]>>;

/** Operators whose outputs are sequences, maps or optionals, which cannot be returned as tensors. */
const NOT_TENSORS = new Set([
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceInsert',
  'SequenceErase',
  'SequenceMap',
  'SplitToSequence',
  'Optional',
  'OptionalGetElement',
  'StringSplit',
  'ai.onnx.ml:ZipMap',
]);
/** Element types that ONNX Runtime for Node can return. */
const RETURNABLE = new Set<number>([
  DataType.FLOAT,
  DataType.UINT8,
  DataType.INT8,
  DataType.UINT16,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.BOOL,
  DataType.FLOAT16,
  DataType.DOUBLE,
  DataType.UINT32,
  DataType.UINT64,
]);

/** Names of the tensors that nodes of the main graph produce and that are not outputs of the model yet. */
function intermediateTensors(loaded: LoadedModel): string[] {
  const types = inferElementTypes(loaded);
  const taken = new Set([...loaded.graph.output, ...loaded.graph.input].map((info) => info.name));
  const names: string[] = [];
  for (const node of loaded.graph.node) {
    if (NOT_TENSORS.has(toOperatorName(node))) continue;
    for (const output of node.output) {
      const type = types.get(output);
      if (output === '' || taken.has(output) || (type !== undefined && !RETURNABLE.has(type))) continue;
      taken.add(output);
      names.push(output);
    }
  }
  return names;
}

/** A temporary model file; disposing removes it. */
export interface AllOutputsFile extends AsyncDisposable {
  path: string;
  /** Outputs that were added, in order of their nodes. */
  tensors: string[];
}

/**
 * Concrete dimensions of the tensors of the main graph at these input shapes. A copy of the model with all tensors as
 * outputs is given to `runtime` and removed afterwards. Throws what `runtime` throws, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function resolveShapes(
  runtime: RuntimeShapes,
  loaded: LoadedModel,
  inputShapes: Record<string, number[]>,
  scratchFolder: string,
): Promise<Map<string, number[]>> {
  await using file = await withAllTensorsAsOutputs(loaded, scratchFolder);
  const outputs = await runtime(file.path, inputShapes);
  return new Map([...Object.entries(inputShapes), ...Object.entries(outputs)]);
}

/**
 * Writes a copy of the model in which every intermediate tensor of the main graph is an output too, by name and
 * without a type: ONNX Runtime fills in type and shape. Tensors of nested graphs are not visible outside and stay out.
 *
 * The file is copied and the outputs are appended as a second part of the graph: a protobuf parser merges both parts,
 * so the weights need not be decoded. Weights in external files must lie beside the copy, because ONNX Runtime accepts
 * only locations inside the model's folder: they are linked, or copied where that cannot be, into the scratch folder.
 * Nothing is ever written into the user's own folder, where a crash would leave it.
 */
export async function withAllTensorsAsOutputs(loaded: LoadedModel, scratchFolder: string): Promise<AllOutputsFile> {
  const tensors = intermediateTensors(loaded);
  const file = await withAddition(loaded, { output: tensors.map((name) => ({ name })) }, scratchFolder);
  return { ...file, tensors };
}

/**
 * Writes a copy of the model with more nodes and outputs in its main graph, in the same way. Throws STORAGE_FULL and
 * STORAGE_UNUSABLE.
 */
export async function withAddition(
  loaded: LoadedModel,
  graph: MessageInitShape<typeof GraphProtoSchema>,
  scratchFolder: string,
): Promise<AsyncDisposable & { path: string }> {
  const addition = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph }));
  await withFileFailures(scratchFolder, removeAbandoned(scratchFolder));
  const made = mkdtemp(path.join(scratchFolder, `all-outputs-${process.pid}-`));
  const folder = await withFileFailures(scratchFolder, made);
  // External files may have any name, so this one must not be theirs.
  const target = path.join(folder, `.all-outputs-${randomBytes(6).toString('hex')}.onnx`);
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await withFileFailures(target, writeCopy(loaded, addition, target));
  } catch (cause) {
    await remove();
    throw cause;
  }
  return { path: target, [Symbol.asyncDispose]: remove };
}

async function writeCopy(loaded: LoadedModel, addition: Uint8Array, target: string): Promise<void> {
  for (const file of loaded.externalFiles) {
    await linkOrCopy(file.path, path.join(path.dirname(target), file.location));
  }
  await copyFile(loaded.path, target, constants.COPYFILE_FICLONE);
  // A copy keeps the permissions of its source, which may be read-only.
  await chmod(target, 0o600);
  await appendFile(target, addition);
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
}
