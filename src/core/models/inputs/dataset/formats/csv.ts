import type { TensorInfo } from '../../../../../shared/domain/model.ts';
import { defineDatasetFormat, type SampleArray } from '../dataset.ts';
import { invalidData } from '../invalid.ts';
import { outlineTable, readColumns, type Table } from '../csv/table.ts';

const labelColumn = /^labels?$/i;

/** A table of numbers for tabular models: a row for each sample, the class in a column "label". */
export const csv = defineDatasetFormat({
  id: 'csv',
  description: 'a .csv table of numbers',
  matches: (file, entries) => entries === null && /\.(csv|tsv)$/i.test(file),
  async open(file, { inputs, signal }) {
    const table = await outlineTable(file, signal);
    const names = table.header ?? [];
    const label = names.findIndex((name) => labelColumn.test(name) && inputs.every((input) => input.name !== name));
    const features = Array.from({ length: table.columns }, (_, column) => column).filter((column) => column !== label);
    const toArray = (name: string | null, columns: readonly number[], dims: readonly number[]): SampleArray => ({
      name,
      type: 'float64',
      dims: [table.rows, ...dims],
      origin: file,
      read: () => readColumns(file, table, columns, signal),
    });
    const arrays = assignColumns(file, table, features, inputs).map(({ input, columns, dims }) =>
      toArray(input.name, columns, dims),
    );
    return {
      arrays,
      labels: label < 0 ? null : toArray(null, [label], []),
      remarks: [],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});

interface Assignment {
  input: TensorInfo;
  columns: readonly number[];
  /** Of one sample. */
  dims: readonly number[];
}

/** One input takes all columns in their order; several take the columns with their names. */
function assignColumns(
  file: string,
  { header }: Table,
  features: number[],
  inputs: readonly TensorInfo[],
): Assignment[] {
  const [input] = inputs;
  if (input === undefined) return [];
  if (inputs.length === 1) return [{ input, columns: features, dims: sampleDims(file, input, features.length) }];
  const named = inputs.map((one) => ({ input: one, column: header?.indexOf(one.name) ?? -1 }));
  const known = new Set(named.map(({ column }) => column));
  const missing = named.find(({ column }) => column < 0);
  const extra = features.find((column) => !known.has(column));
  if (missing !== undefined || extra !== undefined) {
    throw invalidData(
      missing === undefined
        ? `${file} has a column "${header?.[extra ?? 0] ?? ''}", and the model has no such input.`
        : `${file} has no column "${missing.input.name}", which is an input of the model.`,
      'Give a header with a column for each input, and the class in "label", or give an .npz file.',
    );
  }
  return named.map(({ input: one, column }) => ({ input: one, columns: [column], dims: sampleDims(file, one, 1) }));
}

/** Dimensions of one sample that so many columns fill. Throws INPUTS_INVALID where they do not. */
function sampleDims(file: string, { name, dims }: TensorInfo, columns: number): number[] {
  const open = dims?.slice(1) ?? ['?'];
  if (open.length === 1 && typeof open[0] === 'string') return [columns];
  const sizes = open.filter((dim) => typeof dim === 'number');
  const needed = sizes.reduce((product, dim) => product * dim, 1);
  if (sizes.length === open.length && needed === columns) return sizes;
  const many = `${columns} ${columns === 1 ? 'column' : 'columns'} of features`;
  throw invalidData(
    sizes.length === open.length
      ? `${file} has ${many}, and a sample of "${name}" takes ${needed} values.`
      : `${file} has ${many}, which do not tell the shape [${open.join(', ')}] of a sample of "${name}".`,
    sizes.length === open.length
      ? 'Give a column for each value in row-major order, and name the column with the class "label".'
      : 'Give the data as .npy or .npz, which have shapes.',
  );
}
