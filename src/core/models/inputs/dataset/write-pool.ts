import { createHash } from 'node:crypto';
import { sha256Schema, type Sha256 } from '../../../../shared/domain/ids.ts';
import { createOutputFile } from '../../../onnx/output-file.ts';
import type { InputPool } from '../generate-inputs.ts';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import { convertElements } from './convert-elements.ts';
import type { SampleArray } from './dataset.ts';
import { layoutOf } from './element-layout.ts';
import { invalidData } from './invalid.ts';
import type { MatchedInput } from './match-arrays.ts';

/** Which samples go into a pool, and where it is written. */
export interface PoolPlan {
  feeds: number;
  /** Samples of one feed. */
  batch: number;
  /** Position of the nth sample in the arrays; rises with n. */
  position: (nth: number) => number;
  target: string;
  signal?: AbortSignal;
}

/** Elements of the tensor of one feed, without those of the other samples of a batch. */
function elementsOf({ dims }: Pick<MatchedInput, 'dims'>): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Tensors of one feed, as the engine is told of them. */
export function feedTensors(matched: readonly MatchedInput[], batch: number): InputPool['tensors'] {
  return matched.map((one) => {
    const dims = one.carriesBatch ? [batch, ...one.dims] : [...one.dims];
    const byteLength = elementsOf({ dims }) * (layoutOf(one.input.type)?.bytes ?? 0);
    return { name: one.input.name, type: one.input.type, dims, byteLength };
  });
}

/** Writes the feeds; every array is read once from its start, so none needs to fit into memory. */
export async function writePool(matched: readonly MatchedInput[], plan: PoolPlan): Promise<Sha256> {
  const { feeds, batch, position, target, signal } = plan;
  const hash = createHash('sha256');
  await using readers = new AsyncDisposableStack();
  const columns = matched.map((one) => readers.use(openInput(one)));
  await using file = await createOutputFile(target, hash);
  for (let feed = 0; feed < feeds; feed++) {
    signal?.throwIfAborted();
    for (const column of columns) {
      const samples = column.carriesBatch ? batch : 1;
      for (let sample = 0; sample < samples; sample++) {
        await file.write(await column.readAt(position(feed * batch + sample)));
      }
    }
  }
  for (const column of columns) await column.finish();
  await file.finish();
  await file.commit();
  return sha256Schema.parse(hash.digest('hex'));
}

/** Classes of the samples of a pool. Throws INPUTS_INVALID for anything but whole numbers from 0 to `classes` - 1. */
export async function readLabels(array: SampleArray, plan: PoolPlan, classes: number | null): Promise<Int32Array> {
  const labels = new Int32Array(plan.feeds * plan.batch);
  await using column = openColumn({ array, type: 'int32', elements: 1 });
  for (let nth = 0; nth < labels.length; nth++) {
    const at = plan.position(nth);
    const bytes = await column.readAt(at);
    const label = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(0, true);
    if (label < 0 || (classes !== null && label >= classes)) {
      throw invalidData(
        `${array.origin} has the label ${label} for sample ${at + 1}, and ${classes === null ? 'classes count from 0' : `the model tells ${classes} classes apart, from 0 to ${classes - 1}`}.`,
        'Give the index of the class in the output of the model.',
      );
    }
    labels[nth] = label;
  }
  await column.finish();
  return labels;
}

interface Column extends AsyncDisposable {
  carriesBatch: boolean;
  /** One sample in the type of the input; positions rise. */
  readAt(position: number): Promise<Uint8Array>;
  finish(): Promise<void>;
}

interface ColumnSource {
  array: SampleArray;
  type: MatchedInput['input']['type'];
  /** Of one sample. */
  elements: number;
}

function openInput(one: MatchedInput): Column {
  const column = openColumn(
    { array: one.array, type: one.input.type, elements: elementsOf(one) },
    one.samples === null,
  );
  return { ...column, carriesBatch: one.carriesBatch };
}

/** Reads samples one after the other; `isConstant` gives the only one each time. */
function openColumn({ array, type, elements }: ColumnSource, isConstant = false): Omit<Column, 'carriesBatch'> {
  const rowBytes = elements * (layoutOf(array.type)?.bytes ?? 0);
  const reader: ByteReader = createByteReader(array.read(), array.origin);
  let next = 0;
  let constant: Uint8Array | null = null;
  return {
    async readAt(position) {
      if (isConstant && constant !== null) return constant;
      const sample = isConstant ? 0 : position;
      await reader.skip((sample - next) * rowBytes);
      const converted = convertElements(await reader.take(rowBytes), array.type, type);
      next = sample + 1;
      if (!(converted instanceof Uint8Array)) {
        throw invalidData(
          `${array.origin} holds ${converted.problem}, in sample ${sample + 1} at element ${converted.element + 1}.`,
          'Give values as the model was trained with.',
        );
      }
      constant = isConstant ? new Uint8Array(converted) : null;
      return converted;
    },
    async finish() {
      const total = array.dims.reduce((product, dim) => product * dim, layoutOf(array.type)?.bytes ?? 0);
      await reader.skip(total - next * rowBytes);
      await reader.finish();
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
