import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { DataType, toElementType } from '../../onnx/element-types.ts';
import { TensorProtoSchema } from '../../onnx/gen/onnx_pb.js';
import { createOutputFile } from '../../onnx/output-file.ts';
import { readTensorBytes } from '../../onnx/tensor-data.ts';
import { sha256Schema } from '../../../shared/domain/ids.ts';
import type { ElementType, TensorInfo } from '../../../shared/domain/model.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { InputPool } from '../inputs/generate-inputs.ts';

/** A tensor from a file, packed little endian. */
export interface FileTensor {
  name: string;
  type: ElementType;
  dims: number[];
  data: Uint8Array;
}

/** One folder test_data_set_*: inputs in the model's order and the outputs that were recorded for them. */
export interface TestDataSet {
  name: string;
  inputs: FileTensor[];
  outputs: FileTensor[];
}

/**
 * Reads the folders test_data_set_* below `folder` (input_0.pb, output_0.pb and so on, as the ONNX model zoo has
 * them). Tensors are matched by name where all their names are the model's, else by number. Throws INPUTS_INVALID.
 */
export async function readTestDataSets(
  folder: string,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): Promise<TestDataSet[]> {
  const sets = await listTestDataSets(folder);
  const result: TestDataSet[] = [];
  for (const name of sets) result.push(await readTestDataSet(folder, name, inputs, outputs));
  return result;
}

/** Names of the folders that hold one recorded set each. */
export const testDataSetName = /^test_data_set_\d+$/;

/** Names of the folders test_data_set_* below `folder`, by their numbers. Throws INPUTS_INVALID where there is none. */
export async function listTestDataSets(folder: string): Promise<string[]> {
  const names = await listFolder(folder);
  const sets = names.filter((name) => testDataSetName.test(name)).toSorted(byNumber);
  if (sets.length === 0) {
    throw invalid(`${folder} has no folder test_data_set_0.`, 'Give a folder that has test_data_set_* folders.');
  }
  return sets;
}

/** Reads one folder test_data_set_*. Throws INPUTS_INVALID. */
export async function readTestDataSet(
  folder: string,
  name: string,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): Promise<TestDataSet> {
  const directory = path.join(folder, name);
  const files = await listFolder(directory);
  const found = await readTensors(directory, files, 'input', inputs);
  if (found.length !== inputs.length) {
    throw invalid(
      `${directory} has ${found.length} inputs where the model needs ${inputs.length}.`,
      `Give one file for each input: ${inputs.map((input, index) => `input_${index}.pb (${input.name})`).join(', ')}.`,
    );
  }
  return { name, inputs: found, outputs: await readTensors(directory, files, 'output', outputs) };
}

/** Writes test data as an input pool for the engine. All sets must have the same shapes. Throws INPUTS_INVALID. */
export async function writeTestDataPool(
  sets: readonly TestDataSet[],
  batch: number,
  target: string,
): Promise<InputPool> {
  const first = sets[0];
  if (first === undefined) throw new Error('A pool needs at least one test data set.');
  const shapeOf = (set: TestDataSet): string =>
    JSON.stringify(set.inputs.map(({ name, type, dims }) => [name, type, dims]));
  const other = sets.find((set) => shapeOf(set) !== shapeOf(first));
  if (other) {
    throw invalid(
      `${other.name} has other shapes than ${first.name}.`,
      'Measure sets of different shapes one at a time.',
    );
  }
  const hash = createHash('sha256');
  await using file = await createOutputFile(target, hash);
  for (const set of sets) for (const tensor of set.inputs) await file.write(tensor.data);
  await file.finish();
  await file.commit();
  return {
    path: target,
    sha256: sha256Schema.parse(hash.digest('hex')),
    feeds: sets.length,
    tensors: first.inputs.map(({ name, type, dims, data }) => ({ name, type, dims, byteLength: data.byteLength })),
    distinctSamples: sets.length * batch,
    source: 'files',
    seed: null,
    remarks: [],
  };
}

async function readTensors(
  directory: string,
  files: readonly string[],
  prefix: 'input' | 'output',
  expected: readonly TensorInfo[],
): Promise<FileTensor[]> {
  const pattern = new RegExp(`^${prefix}_\\d+\\.pb$`);
  const paths = files
    .filter((name) => pattern.test(name))
    .toSorted(byNumber)
    .map((name) => path.join(directory, name));
  const tensors = await Promise.all(paths.map(readTensorFile));
  const known = new Set(expected.map((info) => info.name));
  const named = new Set(tensors.map((tensor) => tensor.name));
  const byName = named.size === tensors.length && tensors.every((tensor) => known.has(tensor.name));
  const matched = expected.flatMap((info, index) => {
    const tensor = byName ? tensors.find((candidate) => candidate.name === info.name) : tensors[index];
    return tensor ? [{ ...tensor, name: info.name, file: paths[tensors.indexOf(tensor)] ?? directory, info }] : [];
  });
  return matched.map(({ file, info, ...tensor }) => {
    checkFits(file, tensor, info);
    return tensor;
  });
}

async function readTensorFile(file: string): Promise<FileTensor> {
  const bytes = await readFile(file);
  try {
    const tensor = fromBinary(TensorProtoSchema, bytes);
    if (tensor.dataType === DataType.UNDEFINED || tensor.dataType === DataType.STRING)
      throw new Error('no numeric tensor');
    const data = readTensorBytes({ path: file, payloads: new Map() }, tensor);
    return { name: tensor.name, type: toElementType(tensor.dataType), dims: tensor.dims.map(Number), data };
  } catch (cause) {
    throw invalid(
      `${file} does not hold a numeric tensor.`,
      'Give tensors as serialized TensorProto; sequences, maps and text are not supported.',
      cause,
    );
  }
}

function checkFits(file: string, tensor: FileTensor, info: TensorInfo): void {
  const dimsFit =
    info.dims === null ||
    (info.dims.length === tensor.dims.length &&
      info.dims.every((dim, axis) => typeof dim === 'string' || dim === tensor.dims[axis]));
  if (tensor.type === info.type && dimsFit) return;
  throw invalid(
    `${file} holds ${tensor.type} [${tensor.dims.join(', ')}], but "${info.name}" is ${info.type} [${(info.dims ?? ['?']).join(', ')}].`,
    'Give test data that was recorded with this model.',
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw invalid(`The folder ${folder} cannot be read.`, 'Give a folder that has test_data_set_* folders.', cause);
  }
}

function byNumber(left: string, right: string): number {
  return Number(/\d+/.exec(left)?.[0]) - Number(/\d+/.exec(right)?.[0]);
}

function invalid(message: string, remedy: string, cause?: unknown): InferometerError {
  return new InferometerError({ code: 'INPUTS_INVALID', message, remedy }, cause === undefined ? undefined : { cause });
}
