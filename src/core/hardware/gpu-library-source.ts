import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { InferometerError } from '../../shared/errors.ts';
import { readRuntimeVersion } from './elf.ts';

/** One library that a source holds. */
export interface SourceLibrary {
  name: string;
  sizeBytes: number;
  /** Checksum that the archive states; null for a file on disk. */
  crc32: number | null;
  open: () => Promise<Readable>;
}

/** A package or folder that the provider libraries of ONNX Runtime can be taken from. */
export interface LibrarySource {
  /** Version of ONNX Runtime, from the package's own description. */
  version: string;
  libraries: ReadonlyMap<string, SourceLibrary>;
  close: () => void;
}

const OFFICIAL =
  'Pass the file of the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux, of the Python wheel onnxruntime-gpu, or a folder with the libraries, such as that of an installed Python package.';

/** Builds the failure of an installation: one sentence why, one sentence what to do. */
export function toInstallError(message: string, remedy: string, cause?: unknown): InferometerError {
  return new InferometerError({ code: 'INSTALL_FAILED', message, remedy }, cause === undefined ? undefined : { cause });
}

/** Opens a .nupkg, a .whl or a folder. Throws INSTALL_FAILED for anything else. */
export async function openLibrarySource(path: string): Promise<LibrarySource> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw toInstallError(`There is nothing at ${path}.`, OFFICIAL);
  return found.isDirectory() ? openFolder(path) : openArchive(path);
}

async function openArchive(path: string): Promise<LibrarySource> {
  let archive: ZipFile;
  try {
    archive = await yauzl.openPromise(path, { autoClose: false });
  } catch (error) {
    const reason = 'is no zip archive, or it was cut short';
    throw toInstallError(`The file ${basename(path)} ${reason}.`, `Download it again. ${OFFICIAL}`, error);
  }
  try {
    return await readArchive(archive, basename(path));
  } catch (error) {
    archive.close();
    if (error instanceof InferometerError) throw error;
    throw toInstallError(`The archive ${basename(path)} is damaged.`, `Download it again. ${OFFICIAL}`, error);
  }
}

/** Where the libraries lie in a NuGet package and in a wheel. */
const LIBRARY_ENTRY = /^(?:runtimes\/linux-x64\/native|onnxruntime\/capi)\/([^/]+\.so)$/;
/** A description is a few kB; anything larger is no description. */
const MAX_DESCRIPTION_BYTES = 1024 ** 2;

async function readArchive(archive: ZipFile, name: string): Promise<LibrarySource> {
  const libraries = new Map<string, SourceLibrary>();
  let description: Entry | null = null;
  for await (const entry of archive.eachEntry()) {
    const library = LIBRARY_ENTRY.exec(entry.fileName)?.[1];
    if (library !== undefined) {
      const open = () => archive.openReadStreamPromise(entry);
      libraries.set(library, { name: library, sizeBytes: entry.uncompressedSize, crc32: entry.crc32, open });
    }
    if (/^[^/]+\.nuspec$|^[^/]+\.dist-info\/METADATA$/.test(entry.fileName)) description = entry;
  }
  if (description === null || description.uncompressedSize > MAX_DESCRIPTION_BYTES) {
    throw toInstallError(`The archive ${name} is neither a NuGet package nor a Python wheel.`, OFFICIAL);
  }
  const content = await text(await archive.openReadStreamPromise(description));
  const version = /<version>\s*([^<\s]+)\s*<\/version>/.exec(content) ?? /^Version:\s*(\S+)\s*$/m.exec(content);
  if (version?.[1] === undefined) throw toInstallError(`The archive ${name} does not state its version.`, OFFICIAL);
  return { version: version[1], libraries, close: () => archive.close() };
}

async function openFolder(path: string): Promise<LibrarySource> {
  const inside = ['', 'lib', 'onnxruntime/capi', 'capi', 'runtimes/linux-x64/native'].map((part) => join(path, part));
  for (const directory of inside) {
    const names = await readdir(directory).catch(() => []);
    if (!names.some((name) => name.startsWith('libonnxruntime_providers_'))) continue;
    const version = await readFolderVersion(directory, names);
    if (version === null) {
      throw toInstallError(
        `Nothing in ${directory} tells which version of ONNX Runtime the libraries belong to.`,
        'Keep libonnxruntime.so of the same package beside them, or pass the package itself.',
      );
    }
    return { version, libraries: await listLibraries(directory, names), close: () => undefined };
  }
  throw toInstallError(`The folder ${path} holds no provider libraries of ONNX Runtime.`, OFFICIAL);
}

/** In onnxruntime/capi of the wheel. */
const pythonBuildInfo = 'build_and_package_info.py';

async function listLibraries(directory: string, names: string[]): Promise<Map<string, SourceLibrary>> {
  const libraries = new Map<string, SourceLibrary>();
  for (const name of names.filter((candidate) => candidate.endsWith('.so'))) {
    const path = join(directory, name);
    const open = () => Promise.resolve(createReadStream(path));
    libraries.set(name, { name, sizeBytes: (await stat(path)).size, crc32: null, open });
  }
  return libraries;
}

/**
 * Provider libraries carry no version of their own: the runtime beside them does, or the release's own file, or, in an
 * installed Python package, what its build wrote down for Python.
 */
async function readFolderVersion(directory: string, names: string[]): Promise<string | null> {
  for (const name of names.filter((candidate) => /^libonnxruntime\.so(\.[\d.]+)?$/.test(candidate))) {
    const version = await readRuntimeVersion(join(directory, name)).catch(() => null);
    if (version !== null) return version;
  }
  if (names.includes(pythonBuildInfo)) {
    const info = await readFile(join(directory, pythonBuildInfo), 'utf8').catch(() => '');
    const version = /^__version__\s*=\s*['"](\d+\.\d+\.\d+)['"]/m.exec(info)?.[1];
    if (version !== undefined) return version;
  }
  const stated = await readFile(join(dirname(directory), 'VERSION_NUMBER'), 'utf8').catch(() => '');
  return /^\d+\.\d+\.\d+$/.test(stated.trim()) ? stated.trim() : null;
}
