import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { InferometerError } from '../../shared/errors.ts';
import { freeDiskBytes } from './disk.ts';
import { readElf, readRuntimeVersion } from './elf.ts';
import { openLibrarySource, toInstallError } from './gpu-library-source.ts';
import type { LibrarySource, SourceLibrary } from './gpu-library-source.ts';

/** The bridge and CUDA must be there; TensorRT is placed when the source has it. */
const REQUIRED = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
const OPTIONAL = ['libonnxruntime_providers_tensorrt.so'];
const RUNTIME = 'libonnxruntime.so.1';
const STAGING_PREFIX = '.gpu-libraries-';
/** A staging folder gets this name in one step when all libraries are in place: what it holds is of no more use. */
const PLACED_SUFFIX = '-placed';
/** In the staging folder: the library that was in the target, or an empty file that says that there was none. */
const BACKUP_SUFFIX = '.before';
const NONE_SUFFIX = '.none-before';

export interface InstallProgress {
  stage: 'download' | 'unpack' | 'place';
  /** Name of the package or library. */
  file: string;
  doneBytes: number;
  /** null while a server does not tell. */
  totalBytes: number | null;
}

export interface InstallRequest {
  /** A .nupkg, a .whl or a folder; null downloads the NuGet package. */
  source: string | null;
  /** Folder of libonnxruntime.so.1, where the libraries are looked for. */
  targetDir: string;
  /** Version of ONNX Runtime in use, e.g. "1.30.0": libraries of another one crash the process. */
  version: string;
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
}

export interface InstallPorts {
  platform: string;
  arch: string;
  packageUrl: (version: string) => string;
  rename: (from: string, to: string) => Promise<void>;
  freeDiskBytes: (path: string) => Promise<number>;
}

const DEFAULT_PORTS: InstallPorts = {
  platform: process.platform,
  arch: process.arch,
  packageUrl(version) {
    const id = 'microsoft.ml.onnxruntime.gpu.linux';
    return `https://api.nuget.org/v3-flatcontainer/${id}/${version}/${id}.${version}.nupkg`;
  },
  rename,
  freeDiskBytes,
};

/**
 * Places the CUDA and TensorRT libraries beside ONNX Runtime, all or none: they are unpacked and checked in a staging
 * folder on the same file system and then renamed into place, and a failure puts back what was there. What an
 * installation that was killed had begun is put back first. Returns the names placed. Throws INSTALL_FAILED with what to do, or CANCELLED.
 */
export async function installGpuLibraries(
  request: InstallRequest,
  ports = DEFAULT_PORTS,
): Promise<{ placed: string[] }> {
  refuseOtherPlatforms(ports);
  await checkTarget(request);
  await undoInterrupted(request.targetDir);
  const staging = join(request.targetDir, `${STAGING_PREFIX}${randomUUID()}`);
  try {
    await mkdir(staging);
    const path = request.source ?? (await download(request, ports, staging));
    const source = await openLibrarySource(path);
    let names: string[];
    try {
      names = await unpack(source, request, ports, staging);
    } finally {
      source.close();
    }
    await place(names, request, ports, staging);
    return { placed: names };
  } catch (error) {
    throw toExpectedError(error, request);
  } finally {
    // What could not be put back is in it.
    if (!(await holdsBackups(staging))) await rm(staging, { recursive: true, force: true });
  }
}

/** Removes the provider libraries and what an interrupted installation left. Returns the names removed. */
export async function removeGpuLibraries(targetDir: string): Promise<string[]> {
  await undoInterrupted(targetDir);
  const present = await readTarget(targetDir);
  const names = present.filter((name) => REQUIRED.includes(name) || OPTIONAL.includes(name));
  const stale = present.filter((name) => name.startsWith(STAGING_PREFIX));
  try {
    for (const name of [...names, ...stale]) await rm(join(targetDir, name), { recursive: true });
  } catch (error) {
    throw toInstallError(
      `The libraries in ${targetDir} cannot be removed.`,
      'Run the command as the owner of that folder.',
      error,
    );
  }
  return names;
}

function readTarget(targetDir: string): Promise<string[]> {
  return readdir(targetDir).catch((error: unknown) => {
    throw toInstallError(`The folder ${targetDir} cannot be read.`, 'Check that onnxruntime-node is installed.', error);
  });
}

/** Puts back what installations that were killed between two renames had moved. Throws INSTALL_FAILED. */
async function undoInterrupted(targetDir: string): Promise<void> {
  for (const name of await readTarget(targetDir)) {
    if (!name.startsWith(STAGING_PREFIX)) continue;
    const staging = join(targetDir, name);
    // A staging folder without backups may belong to an installation that is still unpacking.
    if (!name.endsWith(PLACED_SUFFIX)) {
      if (!(await holdsBackups(staging))) continue;
      await putBack(staging, targetDir);
    }
    await rm(staging, { recursive: true, force: true });
  }
}

async function holdsBackups(staging: string): Promise<boolean> {
  const names = await readdir(staging).catch(() => []);
  return names.some((name) => name.endsWith(BACKUP_SUFFIX) || name.endsWith(NONE_SUFFIX));
}

/**
 * Brings the target to what the backups in a staging folder say; each goes away when it is done. One that fails does not
 * keep the others from being tried. Throws INSTALL_FAILED naming where the rest lies.
 */
async function putBack(staging: string, targetDir: string, cause?: unknown): Promise<void> {
  const errors: unknown[] = cause === undefined ? [] : [cause];
  const left: string[] = [];
  for (const name of await readdir(staging)) {
    const backup = join(staging, name);
    try {
      if (name.endsWith(BACKUP_SUFFIX)) await rename(backup, join(targetDir, name.slice(0, -BACKUP_SUFFIX.length)));
      if (!name.endsWith(NONE_SUFFIX)) continue;
      await rm(join(targetDir, name.slice(0, -NONE_SUFFIX.length)), { force: true });
      await rm(backup);
    } catch (error) {
      left.push(name);
      errors.push(error);
    }
  }
  if (left.length === 0) return;
  throw toInstallError(
    `The libraries of before could not be put back: ${left.join(', ')} in ${staging}.`,
    `Make ${targetDir} writable and run the command again: it puts them back first.`,
    new AggregateError(errors),
  );
}

function refuseOtherPlatforms({ platform, arch }: InstallPorts): void {
  if (platform === 'linux' && arch === 'x64') return;
  const reasons: Record<string, [string, string]> = {
    win32: [
      'onnxruntime-node is built without CUDA on Windows',
      'Use the provider dml or webgpu, which are part of the package.',
    ],
    darwin: ['CUDA does not exist on macOS', 'Use the provider coreml or webgpu, which are part of the package.'],
    linux: [
      `no CUDA libraries for onnxruntime-node are published for Linux on ${arch}`,
      'Use the provider cpu, or a Linux machine with an x64 processor.',
    ],
  };
  const [reason, remedy] = reasons[platform] ?? [
    `CUDA libraries exist for Linux x64 only, and this is ${platform}`,
    'Use the provider cpu.',
  ];
  throw toInstallError(`GPU libraries cannot be installed here: ${reason}.`, remedy);
}

async function checkTarget({ targetDir, version }: InstallRequest): Promise<void> {
  const found = await readRuntimeVersion(join(targetDir, RUNTIME)).catch(() => null);
  if (found === version) return;
  throw toInstallError(
    found === null
      ? `There is no ONNX Runtime library in ${targetDir}.`
      : `ONNX Runtime in ${targetDir} is ${found} and not ${version}.`,
    'Install the application again, so that onnxruntime-node is complete.',
  );
}

async function download(
  { version, onProgress, signal }: InstallRequest,
  ports: InstallPorts,
  staging: string,
): Promise<string> {
  const url = ports.packageUrl(version);
  const byHand = `Download ${url} on a machine with a connection and pass the file.`;
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw toInstallError('The package server cannot be reached.', byHand, error);
  }
  if (!response.ok || response.body === null) {
    throw toInstallError(`The package server answered ${response.status} for version ${version}.`, byHand);
  }
  const totalBytes = Number(response.headers.get('content-length')) || null;
  await requireSpace(totalBytes ?? 0, ports, staging);
  const path = join(staging, 'package.nupkg');
  const report = (doneBytes: number) =>
    onProgress?.({ stage: 'download', file: `onnxruntime ${version}`, doneBytes, totalBytes });
  try {
    await pipeline(Readable.fromWeb(response.body), countBytes(report), createWriteStream(path), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (isFull(error)) throw error;
    throw toInstallError('The download broke off.', `Try again. ${byHand}`, error);
  }
  return path;
}

async function unpack(
  source: LibrarySource,
  request: InstallRequest,
  ports: InstallPorts,
  staging: string,
): Promise<string[]> {
  const { version } = request;
  if (source.version !== version) {
    throw toInstallError(
      `The libraries are of ONNX Runtime ${source.version} and ${version} is in use.`,
      `Get version ${version} of the package.`,
    );
  }
  const missing = REQUIRED.filter((name) => !source.libraries.has(name));
  if (missing.length > 0) {
    throw toInstallError(
      `The source lacks ${missing.join(' and ')}.`,
      'Pass the GPU package for Linux, not the one for the CPU.',
    );
  }
  const wanted = [...REQUIRED, ...OPTIONAL].flatMap((name) => source.libraries.get(name) ?? []);
  const totalBytes = wanted.reduce((sum, library) => sum + library.sizeBytes, 0);
  await requireSpace(totalBytes, ports, staging);
  for (const library of wanted) await unpackLibrary(library, request, join(staging, library.name));
  return wanted.map((library) => library.name);
}

async function unpackLibrary(
  library: SourceLibrary,
  { onProgress, signal }: InstallRequest,
  path: string,
): Promise<void> {
  signal?.throwIfAborted();
  let checksum = 0;
  const report = (doneBytes: number, chunk: Buffer) => {
    checksum = crc32(chunk, checksum);
    onProgress?.({ stage: 'unpack', file: library.name, doneBytes, totalBytes: library.sizeBytes });
  };
  try {
    await pipeline(await library.open(), countBytes(report), createWriteStream(path), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (isFull(error)) throw error;
    throw toInstallError(`${library.name} could not be read from the source.`, 'Download the package again.', error);
  }
  const elf = library.crc32 === null || library.crc32 === checksum ? await readElf(path) : null;
  if (elf === null || elf.status === 'absent') {
    const reason = elf === null ? 'its checksum differs from the one in the archive' : elf.reason;
    throw toInstallError(`${library.name} is damaged: ${reason}.`, 'Download the package again.');
  }
  if (elf.value.machine !== 'x64' || !elf.value.isShared) {
    throw toInstallError(`${library.name} is not a shared library for x64.`, 'Get the package for Linux x64.');
  }
  await chmod(path, 0o755);
}

/** Renames the new files into place; on failure undoes what it did. */
async function place(
  names: string[],
  { targetDir, onProgress, signal }: InstallRequest,
  ports: InstallPorts,
  staging: string,
): Promise<void> {
  try {
    for (const name of [...REQUIRED, ...OPTIONAL]) {
      signal?.throwIfAborted();
      const target = join(targetDir, name);
      // A library of an earlier version goes even when the source has none of its name: it would not load.
      if (await stat(target).catch(() => null)) await ports.rename(target, join(staging, name + BACKUP_SUFFIX));
      else await writeFile(join(staging, name + NONE_SUFFIX), '');
      if (!names.includes(name)) continue;
      await ports.rename(join(staging, name), target);
      const { size } = await stat(target);
      onProgress?.({ stage: 'place', file: name, doneBytes: size, totalBytes: size });
    }
    signal?.throwIfAborted();
    await ports.rename(staging, staging + PLACED_SUFFIX);
  } catch (error) {
    await putBack(staging, targetDir, error);
    throw error;
  }
  // From here on the installation is complete; leftovers are removed with the next one.
  await rm(staging + PLACED_SUFFIX, { recursive: true, force: true }).catch(() => undefined);
}

async function requireSpace(neededBytes: number, ports: InstallPorts, directory: string): Promise<void> {
  const freeBytes = await ports.freeDiskBytes(directory);
  if (freeBytes >= neededBytes) return;
  const toMebibytes = (bytes: number) => Math.ceil(bytes / 1024 ** 2);
  throw toInstallError(
    `The disk has ${toMebibytes(freeBytes)} MiB left and ${toMebibytes(neededBytes)} MiB are needed.`,
    'Free some space and try again.',
  );
}

function countBytes(report: (doneBytes: number, chunk: Buffer) => void): Transform {
  let doneBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      doneBytes += chunk.length;
      report(doneBytes, chunk);
      done(null, chunk);
    },
  });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

function toExpectedError(error: unknown, { signal, targetDir }: InstallRequest): unknown {
  if (error instanceof InferometerError) return error;
  if (signal?.aborted === true) {
    return new InferometerError(
      {
        code: 'CANCELLED',
        message: 'The installation was cancelled and nothing was changed.',
        remedy: 'Start it again when you want it.',
      },
      { cause: error },
    );
  }
  if (isFull(error)) return toInstallError('The disk is full.', 'Free some space and try again.', error);
  if (error instanceof Error && 'code' in error) {
    return toInstallError(
      `The libraries could not be placed in ${targetDir} (${String(error.code)}).`,
      'Run the command as the owner of that folder.',
      error,
    );
  }
  return error;
}
