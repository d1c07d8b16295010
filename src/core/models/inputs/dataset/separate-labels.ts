import type { TensorInfo } from '../../../../shared/domain/model.ts';
import type { SampleArray, SampleArrays } from './dataset.ts';

/** Name of the array that holds the class of every sample. */
export const labelsName = 'labels';

/** Takes the array of classes out, unless an input of the model has its name. */
export function separateLabels(
  arrays: readonly SampleArray[],
  inputs: readonly TensorInfo[],
  close: () => void = () => undefined,
): SampleArrays {
  const isLabels = ({ name }: SampleArray): boolean =>
    name === labelsName && inputs.every((input) => input.name !== labelsName);
  return {
    arrays: arrays.filter((array) => !isLabels(array)),
    labels: arrays.find(isLabels) ?? null,
    remarks: [],
    [Symbol.asyncDispose]() {
      close();
      return Promise.resolve();
    },
  };
}
