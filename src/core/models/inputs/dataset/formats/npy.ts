import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { defineDatasetFormat, type SampleArray, type SampleArrays } from '../dataset.ts';
import { invalidData } from '../invalid.ts';
import { openNumpyArray } from '../numpy/array-stream.ts';
import { labelsName, separateLabels } from '../separate-labels.ts';

const extension = '.npy';

/** One array for a model with one input, or a folder with an array for each input. */
export const npy = defineDatasetFormat({
  id: 'npy',
  description: 'an .npy file, or a folder with <input name>.npy for each input',
  matches: (file, entries) => (entries ?? [file]).some((name) => name.toLowerCase().endsWith(extension)),
  async open(place, context) {
    const found = await stat(place);
    const files = found.isDirectory() ? await filesOf(place) : [place];
    const arrays = await Promise.all(files.map((file) => openFile(file, found.isDirectory())));
    return separateLabels(arrays, context.inputs) satisfies SampleArrays;
  },
});

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.toLowerCase().endsWith(extension))
    .toSorted()
    .map((name) => path.join(folder, name));
}

async function openFile(file: string, isNamed: boolean): Promise<SampleArray> {
  const found = await stat(file);
  if (!found.isFile()) throw invalidData(`${file} is no file.`, `Give arrays as files, ${labelsName}.npy for classes.`);
  return openNumpyArray({
    name: isNamed ? path.basename(file, path.extname(file)) : null,
    origin: file,
    sizeBytes: found.size,
    open: () => createReadStream(file, { highWaterMark: 1 << 20 }),
  });
}
