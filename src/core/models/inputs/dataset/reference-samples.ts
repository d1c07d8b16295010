import type { LabelledData, ReferenceModel } from '../../building/define-reference-model.ts';
import type { Dataset, DatasetOptions, SampleArray } from './dataset.ts';
import { findSampleBatch } from './find-batch.ts';
import { writeDataset } from './read-dataset.ts';

/**
 * The labelled samples of a trained reference model: those that it was trained with for calibration, those held out of
 * training for evaluation, so that the two never share one. null for a reference model without them.
 */
export async function readReferenceSamples(
  reference: ReferenceModel,
  part: 'training' | 'held-out',
  options: Omit<DatasetOptions, 'part'>,
): Promise<Dataset | null> {
  if (reference.weights.kind !== 'trained') return null;
  const data = await reference.weights.labelled(part);
  const arrays = { ...toArrays(data), remarks: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const name = `${reference.id} (${part})`;
  return writeDataset(name, arrays, findSampleBatch(options.model, options.batch), options);
}

function toArrays({ features, featureDims, labels }: LabelledData): { arrays: SampleArray[]; labels: SampleArray } {
  return {
    arrays: [inMemory('features', 'float32', [labels.length, ...featureDims], features)],
    labels: inMemory('labels', 'int32', [labels.length], labels),
  };
}

function inMemory(
  origin: string,
  type: SampleArray['type'],
  dims: number[],
  data: Float32Array | Int32Array,
): SampleArray {
  return {
    name: null,
    type,
    dims,
    origin,
    async *read() {
      yield await Promise.resolve(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
  };
}
