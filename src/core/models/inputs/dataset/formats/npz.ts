import path from 'node:path';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { defineDatasetFormat, type SampleArray } from '../dataset.ts';
import { invalidData } from '../invalid.ts';
import { openNumpyArray } from '../numpy/array-stream.ts';
import { separateLabels } from '../separate-labels.ts';
import { InferometerError } from '../../../../../shared/errors.ts';

const again = 'Write it again with numpy.savez or numpy.savez_compressed.';
/** More than any model has inputs; a list without end is refused before it is read. */
const mostEntries = 10_000;

/** A zip archive of arrays, stored or deflated, named like the inputs. */
export const npz = defineDatasetFormat({
  id: 'npz',
  description: 'an .npz file with an array for each input',
  matches: (file, entries) => entries === null && file.toLowerCase().endsWith('.npz'),
  async open(file, { inputs }) {
    const archive = await openArchive(file);
    try {
      const arrays = await readEntries(archive, file);
      if (arrays.length === 0) throw invalidData(`${file} holds no array.`, again);
      return separateLabels(arrays, inputs, () => archive.close());
    } catch (error) {
      archive.close();
      throw asInvalid(error, file);
    }
  },
});

async function openArchive(file: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(file, { autoClose: false });
  } catch (cause) {
    throw invalidData(`${file} is no zip archive, or it was cut short.`, again, cause);
  }
}

async function readEntries(archive: ZipFile, file: string): Promise<SampleArray[]> {
  const arrays: SampleArray[] = [];
  let count = 0;
  for await (const entry of archive.eachEntry()) {
    if (++count > mostEntries) throw invalidData(`${file} holds more than ${mostEntries} arrays.`, again);
    if (entry.fileName.endsWith('/')) continue;
    const name = entry.fileName.replace(/\.npy$/, '');
    const origin = `${file} (${name})`;
    if (entry.isEncrypted()) throw invalidData(`${origin} is encrypted.`, again);
    if (arrays.some((array) => array.name === name)) throw invalidData(`${file} holds two arrays "${name}".`, again);
    const open = (): AsyncIterable<Uint8Array> => readEntry(archive, entry, file);
    arrays.push(await openNumpyArray({ name, origin, sizeBytes: entry.uncompressedSize, open }));
  }
  return arrays;
}

/** The content of an entry; the checksum is compared when all of it has been read. */
async function* readEntry(archive: ZipFile, entry: Entry, file: string): AsyncIterable<Uint8Array> {
  let checksum = 0;
  try {
    const stream = await archive.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw asInvalid(error, file);
  }
  if (checksum !== entry.crc32)
    throw invalidData(`${file} is damaged: the checksum of ${entry.fileName} is another.`, again);
}

/** What the archive's reader says of damage is about bytes of the format. */
function asInvalid(error: unknown, file: string): Error {
  if (error instanceof InferometerError) return error;
  return invalidData(`${path.basename(file)} is damaged: its entries cannot be unpacked.`, again, error);
}
