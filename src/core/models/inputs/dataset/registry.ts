import type { DatasetFormat } from './dataset.ts';
import { csv } from './formats/csv.ts';
import { npy } from './formats/npy.ts';
import { npz } from './formats/npz.ts';
import { testDataSets } from './formats/test-data-sets.ts';

/** Every format, the first that matches is taken; how to add one is in docs/how-to/add-dataset-format.md. */
export const datasetFormats: readonly DatasetFormat[] = [testDataSets, npz, npy, csv];
