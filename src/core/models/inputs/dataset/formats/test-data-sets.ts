import { listTestDataSets, readTestDataSet, testDataSetName } from '../../../import/test-data-sets.ts';
import { defineDatasetFormat, type SampleArray } from '../dataset.ts';
import { invalidData } from '../invalid.ts';

interface Outline {
  name: string;
  tensors: { dims: readonly number[] }[];
}

/** Folders test_data_set_* with tensors as ONNX has them; recorded outputs are no classes and are left. */
export const testDataSets = defineDatasetFormat({
  id: 'test-data-sets',
  description: 'a folder with test_data_set_* folders',
  matches: (_, entries) => entries?.some((name) => testDataSetName.test(name)) ?? false,
  async open(folder, { inputs, batched }) {
    const names = await listTestDataSets(folder);
    const outlines: Outline[] = [];
    for (const name of names) {
      const { inputs: tensors } = await readTestDataSet(folder, name, inputs, []);
      outlines.push({ name, tensors: tensors.map(({ dims }) => ({ dims })) });
    }
    const arrays = inputs.map((input, index): SampleArray => {
      const carriesBatch = batched.has(input.name);
      const shapes = outlines.map(({ name, tensors }) => ({ name, dims: tensors[index]?.dims ?? [] }));
      const tails = shapes.map(({ dims }) => (carriesBatch ? dims.slice(1) : dims).join(', '));
      const other = tails.findIndex((tail) => tail !== tails[0]);
      if (other >= 0) {
        throw invalidData(
          `${shapes[other]?.name} in ${folder} has other shapes than ${shapes[0]?.name}.`,
          'Give sets of one shape, for example padded to the same length.',
        );
      }
      const [first] = shapes;
      const samples = shapes.reduce((sum, { dims }) => sum + (carriesBatch ? (dims[0] ?? 0) : 1), 0);
      const dims = carriesBatch ? first?.dims.slice(1) : first?.dims;
      return {
        name: input.name,
        type: input.type,
        dims: [samples, ...(dims ?? [])],
        origin: `${folder} (${input.name})`,
        async *read() {
          for (const name of names) {
            const set = await readTestDataSet(folder, name, inputs, []);
            yield set.inputs[index]?.data ?? new Uint8Array(0);
          }
        },
      };
    });
    return { arrays, labels: null, remarks: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  },
});
