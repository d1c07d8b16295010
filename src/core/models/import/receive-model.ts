import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { modelUpload } from '../../../shared/contract/upload.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { formatQuantity } from '../../../shared/units.ts';
import { createOutputFile, withFileFailures } from '../../onnx/output-file.ts';
import type { DataDirectory } from '../../storage/data-directory.ts';
import type { Storage } from '../../storage/open.ts';
import { refuseReferenceName, storeModel } from './add-model.ts';
import { copiesFolder } from './copies.ts';
import { importModel, type ImportedModel } from './import-model.ts';

/** A model file on its way here. */
export interface IncomingModel {
  /** Name of the file as its owner has it, without a folder. */
  fileName: string;
  /** Length that was announced. */
  sizeBytes: number;
  content: AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}

const receivingPrefix = '.receiving-';
/** No transfer lasts this long: what is older was left by a process that was killed. */
const abandonedMs = 24 * 3_600_000;
const importByPath = 'Copy the files to the machine that measures and import the model there by its path.';

/**
 * Takes in a model whose file is elsewhere: writes it into the data directory piece by piece, checks it as addModel
 * does and stores it under the name of its file. Leaves nothing behind when that fails. A file is kept in a folder
 * named after its content, so that none replaces another. Throws USAGE for a file name that is none, a name that is
 * taken and a wrong length, MODEL_TOO_LARGE before anything is read, what importModel throws, STORAGE_FULL and
 * STORAGE_UNUSABLE.
 */
export async function receiveModel(
  { storage, directory }: { storage: Storage; directory: DataDirectory },
  incoming: IncomingModel,
): Promise<ImportedModel> {
  const { fileName, sizeBytes, signal } = incoming;
  refuseFileName(fileName);
  refuseSize(fileName, sizeBytes);
  const { name } = path.parse(fileName);
  // What would be refused in the end is refused before gigabytes are sent.
  refuseReferenceName(name);
  refuseStoredName(storage, name);
  const imports = copiesFolder(directory);
  await using folder = await createFolder(imports);
  const received = path.join(folder.path, fileName);
  await writeContent(received, incoming);
  const { summary } = await checkReceived(received, fileName, signal);
  signal?.throwIfAborted();
  const kept = path.join(imports, summary.sha256.slice(0, 16), fileName);
  const model: ImportedModel = { name, path: kept, summary };
  keep(received, kept, () => storeModel(storage, model));
  return model;
}

/** A name that is the same file in the same folder on every system. */
function refuseFileName(fileName: string): void {
  // Characters that separate, end or mean something else in paths of any system; names of devices of Windows.
  const isPlain = /^[^\p{Cc}/\\:*?"<>|]{1,200}$/u.test(fileName) && Buffer.byteLength(fileName) <= 200;
  const isDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(fileName);
  if (isPlain && !isDevice && !/^[. ]|[. ]$/.test(fileName)) return;
  throw new InferometerError({
    code: 'USAGE',
    message: `"${fileName.slice(0, 80)}" is no name that a model's file can be kept under.`,
    remedy: 'Rename the file to letters, digits, dots, hyphens and underscores, then send it again.',
    data: { name: fileName },
  });
}

function refuseSize(fileName: string, sizeBytes: number): void {
  if (sizeBytes <= modelUpload.maxBytes) return;
  throw new InferometerError({
    code: 'MODEL_TOO_LARGE',
    message: `${fileName} has ${formatQuantity(sizeBytes, 'B').text}, and a single ONNX file ends below 2 GiB.`,
    remedy: `Save the model with external data. ${importByPath}`,
    data: { name: fileName, sizeBytes },
  });
}

function refuseStoredName(storage: Storage, name: string): void {
  if (!storage.models.list().some((model) => model.name === name)) return;
  throw new InferometerError({
    code: 'USAGE',
    message: `A model named "${name}" exists already.`,
    remedy: 'Rename the file, or remove the stored model first.',
    data: { name },
  });
}

/** A folder of its own for one transfer, which is gone afterwards. */
async function createFolder(imports: string): Promise<AsyncDisposable & { path: string }> {
  await withFileFailures(imports, mkdir(imports, { recursive: true, mode: 0o700 }));
  await removeAbandoned(imports);
  const folder = await withFileFailures(imports, mkdtemp(path.join(imports, receivingPrefix)));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function removeAbandoned(imports: string): Promise<void> {
  for (const name of await readdir(imports)) {
    if (!name.startsWith(receivingPrefix)) continue;
    const folder = path.join(imports, name);
    const touchedMs = (await stat(folder).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - touchedMs > abandonedMs) await rm(folder, { recursive: true, force: true });
  }
}

async function writeContent(target: string, { fileName, sizeBytes, content, signal }: IncomingModel): Promise<void> {
  await using file = await createOutputFile(target, createHash('sha256'));
  for await (const piece of content) {
    signal?.throwIfAborted();
    if (file.size + piece.byteLength > sizeBytes) throw wrongLength(fileName, 'more than', sizeBytes);
    await file.write(piece);
  }
  if (file.size < sizeBytes) throw wrongLength(fileName, `${file.size} of`, sizeBytes);
  await file.finish();
  await file.commit();
}

function wrongLength(fileName: string, came: string, sizeBytes: number): InferometerError {
  return new InferometerError({
    code: 'USAGE',
    message: `${fileName} did not arrive as announced: ${came} ${sizeBytes} bytes came.`,
    remedy: 'Send the file again; let it be complete and unchanged before.',
    data: { name: fileName, sizeBytes },
  });
}

/** Says what is wrong in terms of the file that its owner knows, who has never seen the folder that it lies in. */
async function checkReceived(
  received: string,
  fileName: string,
  signal: AbortSignal | undefined,
): Promise<ImportedModel> {
  try {
    return await importModel(received, signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof InferometerError)) throw error;
    const { code, message, remedy, data } = error;
    throw new InferometerError(
      {
        code,
        message: message.replaceAll(received, fileName),
        remedy: code.startsWith('MODEL_EXTERNAL_DATA') ? importByPath : remedy.replaceAll(received, fileName),
        data: { ...data, path: fileName },
      },
      { cause: error },
    );
  }
}

/**
 * Moves a file to its place and runs `store`; when that throws, the file is gone again unless it had been there before.
 * Without a pause in between, so that two transfers of one file cannot take it from each other.
 */
function keep(received: string, kept: string, store: () => void): void {
  const folder = path.dirname(kept);
  const isThere = existsSync(kept);
  if (!isThere) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    renameSync(received, kept);
  }
  try {
    store();
  } catch (error) {
    if (!isThere) rmSync(kept, { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // Another file of the same content lies there.
    }
    throw error;
  }
}
