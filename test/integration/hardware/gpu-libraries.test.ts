import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeDiskBytes } from '../../../src/core/hardware/disk.ts';
import { installGpuLibraries, removeGpuLibraries } from '../../../src/core/hardware/gpu-libraries.ts';
import type { InstallPorts, InstallProgress, InstallRequest } from '../../../src/core/hardware/gpu-libraries.ts';
import { describeGpuRequirements } from '../../../src/core/hardware/gpu-requirements.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import { buildElf, buildZip } from '../../unit/hardware/support/packages.ts';

/** Matches a text that holds `part`. */
const containing = (part: string): unknown => expect.stringContaining(part);

const SHARED = 'libonnxruntime_providers_shared.so';
const CUDA = 'libonnxruntime_providers_cuda.so';
const TENSORRT = 'libonnxruntime_providers_tensorrt.so';
const RUNTIME = buildElf({ text: 'VERS_1.30.0' });
const LIBRARIES: Record<string, Buffer> = {
  [SHARED]: buildElf(),
  [CUDA]: buildElf({ needed: ['libcudart.so.12', 'libcudnn.so.9', 'libc.so.6'], padding: 200_000 }),
  [TENSORRT]: buildElf({ needed: ['libnvinfer.so.10', 'libc.so.6'] }),
};

const PORTS: InstallPorts = {
  platform: 'linux',
  arch: 'x64',
  packageUrl: () => 'http://127.0.0.1:9/none',
  rename,
  freeDiskBytes,
};

let root: string;
let targetDir: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gpu-libraries-'));
  targetDir = join(root, 'target');
  await mkdir(targetDir);
  await writeFile(join(targetDir, 'libonnxruntime.so.1'), RUNTIME);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function toNuget(changes: Record<string, Buffer | string> = {}, version = '1.30.0'): Record<string, Buffer | string> {
  const files: Record<string, Buffer | string> = {
    'Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec': `<package><metadata><version>${version}</version></metadata></package>`,
  };
  for (const [name, content] of Object.entries(LIBRARIES)) files[`runtimes/linux-x64/native/${name}`] = content;
  return { ...files, ...changes };
}

async function save(name: string, content: Buffer): Promise<string> {
  const path = join(root, name);
  await writeFile(path, content);
  return path;
}

function install(source: string | null, changes: Partial<InstallRequest> = {}, ports: Partial<InstallPorts> = {}) {
  return installGpuLibraries({ source, targetDir, version: '1.30.0', ...changes }, { ...PORTS, ...ports });
}

/** Every file of the target with its content, to compare before and after. */
async function readTarget(): Promise<Record<string, string>> {
  const names = (await readdir(targetDir)).sort();
  const contents = new Map<string, string>();
  for (const name of names) contents.set(name, (await readFile(join(targetDir, name))).toString('base64'));
  return Object.fromEntries(contents);
}

/** Runs an installation that must fail and leave the target as it was; gives the failure. */
async function failing(run: () => Promise<unknown>): Promise<InferometerError> {
  const before = await readTarget();
  let error: unknown = null;
  try {
    await run();
  } catch (reason) {
    error = reason;
  }
  expect(await readTarget()).toEqual(before);
  if (!(error instanceof InferometerError)) throw new Error(`not an expected failure: ${String(error)}`);
  return error;
}

describe('installing GPU libraries', () => {
  it('places the libraries of a NuGet package and leaves nothing else behind', async () => {
    const progress: InstallProgress[] = [];
    const source = await save('gpu.nupkg', buildZip(toNuget()));
    const { placed } = await install(source, { onProgress: (step) => progress.push(step) });
    expect(placed.sort()).toEqual([CUDA, SHARED, TENSORRT]);
    expect((await readdir(targetDir)).sort()).toEqual(['libonnxruntime.so.1', CUDA, SHARED, TENSORRT].sort());
    expect(await readFile(join(targetDir, CUDA))).toEqual(LIBRARIES[CUDA]);
    const done = progress.filter((step) => step.stage === 'unpack' && step.doneBytes === step.totalBytes);
    expect(done.map((step) => step.file)).toEqual([SHARED, CUDA, TENSORRT]);
  });

  it('places the libraries of a Python wheel', async () => {
    const files: Record<string, Buffer | string> = {
      'onnxruntime_gpu-1.30.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: onnxruntime-gpu\nVersion: 1.30.0\n',
    };
    for (const [name, content] of Object.entries(LIBRARIES)) files[`onnxruntime/capi/${name}`] = content;
    await install(await save('gpu.whl', buildZip(files)));
    expect(await readFile(join(targetDir, SHARED))).toEqual(LIBRARIES[SHARED]);
  });

  it('places the libraries of an installed Python package, which tells its version to Python', async () => {
    const folder = join(root, 'site-packages', 'onnxruntime', 'capi');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'build_and_package_info.py'),
      "package_name = 'onnxruntime-gpu'\n__version__ = '1.30.0'\n",
    );
    await writeFile(join(folder, SHARED), LIBRARIES[SHARED]!);
    await writeFile(join(folder, CUDA), LIBRARIES[CUDA]!);
    expect((await install(join(root, 'site-packages'))).placed).toEqual([SHARED, CUDA]);
  });

  it('places the libraries of a folder whose runtime tells the version, without TensorRT when it has none', async () => {
    const folder = join(root, 'folder', 'lib');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'libonnxruntime.so.1.30.0'), RUNTIME);
    await writeFile(join(folder, SHARED), LIBRARIES[SHARED]!);
    await writeFile(join(folder, CUDA), LIBRARIES[CUDA]!);
    await writeFile(join(targetDir, TENSORRT), 'of an earlier version');
    expect((await install(join(root, 'folder'))).placed).toEqual([SHARED, CUDA]);
    expect((await readdir(targetDir)).includes(TENSORRT)).toBe(false);
  });

  it('downloads the package when no source is given', async () => {
    const archive = buildZip(toNuget());
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-length': archive.length }).end(archive),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await install(null, {}, { packageUrl: () => `http://127.0.0.1:${port}/gpu.nupkg` });
    } finally {
      server.close();
    }
    expect(await readFile(join(targetDir, TENSORRT))).toEqual(LIBRARIES[TENSORRT]);
  });

  it('replaces libraries that are there, and removes them again on request', async () => {
    await writeFile(join(targetDir, CUDA), 'old');
    await install(await save('gpu.nupkg', buildZip(toNuget())));
    expect((await stat(join(targetDir, CUDA))).size).toBe(LIBRARIES[CUDA]!.length);
    await mkdir(join(targetDir, '.gpu-libraries-left-by-a-crash'));
    expect((await removeGpuLibraries(targetDir)).sort()).toEqual([CUDA, SHARED, TENSORRT]);
    expect(await readdir(targetDir)).toEqual(['libonnxruntime.so.1']);
  });
});

describe('an installation that fails leaves the folder as it was', () => {
  const wheelless = { code: 'INSTALL_FAILED' };

  beforeEach(() => writeFile(join(targetDir, SHARED), 'the library that was here before'));

  it('for libraries of another version', async () => {
    const source = await save('gpu.nupkg', buildZip(toNuget({}, '1.29.0')));
    expect(await failing(() => install(source))).toMatchObject({
      ...wheelless,
      message: containing('1.29.0'),
    });
  });

  it('for a runtime of another version than asked', async () => {
    const source = await save('gpu.nupkg', buildZip(toNuget({}, '1.31.0')));
    const error = await failing(() => install(source, { version: '1.31.0' }));
    expect(error.message).toContain('is 1.30.0 and not 1.31.0');
  });

  it('for a package without CUDA', async () => {
    const files = Object.fromEntries(Object.entries(toNuget()).filter(([name]) => !name.endsWith(CUDA)));
    expect((await failing(async () => install(await save('cpu.nupkg', buildZip(files))))).message).toContain(CUDA);
  });

  it('for a folder that does not tell its version', async () => {
    const folder = join(root, 'folder');
    await mkdir(folder);
    await writeFile(join(folder, CUDA), LIBRARIES[CUDA]!);
    expect((await failing(() => install(folder))).message).toContain('which version');
  });

  it.each([
    ['a file that is no archive', () => Buffer.from('not an archive at all'.repeat(50))],
    ['an archive that was cut short', () => buildZip(toNuget()).subarray(0, -300)],
    ['an archive that is no package', () => buildZip({ 'readme.txt': 'hello' })],
    ['an empty file', () => Buffer.alloc(0)],
  ])('for %s', async (_what, build) => {
    const source = await save('gpu.nupkg', build());
    expect(await failing(() => install(source))).toMatchObject(wheelless);
  });

  it('for a source that is not there', async () => {
    expect((await failing(() => install(join(root, 'missing.whl')))).message).toContain('nothing at');
  });

  it('for content that differs from its checksum', async () => {
    const archive = buildZip(toNuget());
    // The checksum of the last entry of the central directory.
    archive.writeUInt32LE(1, archive.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 16);
    expect((await failing(async () => install(await save('gpu.nupkg', archive)))).message).toContain('checksum');
  });

  it('for a library that is no library, or one of another processor', async () => {
    const text = toNuget({ [`runtimes/linux-x64/native/${CUDA}`]: 'x'.repeat(500) });
    expect((await failing(async () => install(await save('a.nupkg', buildZip(text))))).message).toContain(
      'not an ELF file',
    );
    const arm = toNuget({ [`runtimes/linux-x64/native/${CUDA}`]: buildElf({ machine: 183 }) });
    expect((await failing(async () => install(await save('b.nupkg', buildZip(arm))))).message).toContain(
      'not a shared library for x64',
    );
  });

  it('for a full disk, seen before anything is unpacked', async () => {
    const source = await save('gpu.nupkg', buildZip(toNuget()));
    const error = await failing(() => install(source, {}, { freeDiskBytes: () => Promise.resolve(1000) }));
    expect(error.message).toContain('are needed');
  });

  it.each([1, 2, 3, 4, 5])('when the rename number %i fails', async (failingCall) => {
    let calls = 0;
    const source = await save('gpu.nupkg', buildZip(toNuget()));
    const breaking = (from: string, to: string) =>
      ++calls === failingCall
        ? Promise.reject(Object.assign(new Error('not permitted'), { code: 'EPERM' }))
        : rename(from, to);
    expect(await failing(() => install(source, {}, { rename: breaking }))).toMatchObject({
      ...wheelless,
      message: containing('EPERM'),
    });
  });

  it.each(['unpack', 'place'] as const)('when it is cancelled while it is at the stage %s', async (stage) => {
    const controller = new AbortController();
    const source = await save('gpu.nupkg', buildZip(toNuget()));
    const onProgress = (step: InstallProgress) => {
      if (step.stage === stage) controller.abort();
    };
    expect(await failing(() => install(source, { onProgress, signal: controller.signal }))).toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('when the server is not there or has no such package', async () => {
    expect((await failing(() => install(null))).remedy).toContain('Download');
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const error = await failing(() => install(null, {}, { packageUrl: () => `http://127.0.0.1:${port}/` }));
      expect(error.message).toContain('404');
    } finally {
      server.close();
    }
  });

  it('when the download breaks off', async () => {
    const archive = buildZip(toNuget());
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100), () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const error = await failing(() => install(null, {}, { packageUrl: () => `http://127.0.0.1:${port}/` }));
      expect(error).toMatchObject({ ...wheelless, message: 'The download broke off.' });
    } finally {
      server.close();
    }
  });

  it.each([
    ['win32', 'x64', 'dml'],
    ['darwin', 'arm64', 'coreml'],
    ['linux', 'arm64', 'cpu'],
  ])('on %s %s, with the way that exists there', async (platform, arch, provider) => {
    expect((await failing(() => install(null, {}, { platform, arch }))).remedy).toContain(provider);
  });
});

describe('libraries of before that an installation has moved', () => {
  const before = { [SHARED]: 'shared of before', [CUDA]: 'cuda of before' };

  beforeEach(async () => {
    for (const [name, content] of Object.entries(before)) await writeFile(join(targetDir, name), content);
  });

  async function readLibraries(): Promise<Record<string, string | null>> {
    const read = (name: string) => readFile(join(targetDir, name), 'utf8').catch(() => null);
    return { [SHARED]: await read(SHARED), [CUDA]: await read(CUDA), [TENSORRT]: await read(TENSORRT) };
  }

  /** Stops an installation in a process of its own as a power cut would, before its n-th rename. */
  async function installUntilKilled(renames: number, source: string): Promise<void> {
    const child = fork(new URL('../../support/install-child.ts', import.meta.url), [], {
      execArgv: [],
      env: { ...process.env, SOURCE: source, TARGET_DIR: targetDir, RENAMES: String(renames) },
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  }

  it('are kept when one of them cannot be put back, the others are put back, and the next start puts back that one', async () => {
    const source = await save('gpu.nupkg', buildZip(toNuget()));
    let calls = 0;
    // Shared: away, new one in; CUDA: away, and then a folder is in its place.
    const breaking = async (from: string, to: string) => {
      calls += 1;
      if (calls < 4) return rename(from, to);
      await mkdir(join(targetDir, CUDA, 'in-the-way'), { recursive: true });
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    };
    await expect(install(source, {}, { rename: breaking })).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: containing(`${CUDA}.before`),
    });
    expect(await readLibraries()).toMatchObject({ [SHARED]: before[SHARED] });
    await rm(join(targetDir, CUDA), { recursive: true });
    // Refused for its version, so that only putting back has an effect.
    await expect(install(await save('old.nupkg', buildZip(toNuget({}, '1.29.0'))))).rejects.toThrow('1.29.0');
    expect(await readLibraries()).toEqual({ ...before, [TENSORRT]: null });
    expect((await readdir(targetDir)).sort()).toEqual(['libonnxruntime.so.1', CUDA, SHARED].sort());
  });

  it.each([1, 3, 5, 6])('are put back at the next start after a kill before rename number %i', async (renames) => {
    await installUntilKilled(renames, await save('gpu.nupkg', buildZip(toNuget())));
    await expect(install(await save('old.nupkg', buildZip(toNuget({}, '1.29.0'))))).rejects.toThrow('1.29.0');
    expect(await readLibraries()).toEqual({ ...before, [TENSORRT]: null });
  });

  it('are known to a removal, which does not delete them while they cannot be put back', async () => {
    await installUntilKilled(4, await save('gpu.nupkg', buildZip(toNuget())));
    await mkdir(join(targetDir, CUDA, 'in-the-way'), { recursive: true });
    await expect(removeGpuLibraries(targetDir)).rejects.toMatchObject({ code: 'INSTALL_FAILED' });
    await rm(join(targetDir, CUDA), { recursive: true });
    expect((await removeGpuLibraries(targetDir)).sort()).toEqual([CUDA, SHARED].sort());
    expect(await readdir(targetDir)).toEqual(['libonnxruntime.so.1']);
  });
});

describe('what the provider libraries need', () => {
  const ports = () => ({
    environment: {},
    cachePath: join(root, 'no-cache'),
    defaultDirs: [join(root, 'usr')],
    usualDirs: [join(root, 'cuda')],
  });

  it('says that nothing is installed', async () => {
    expect(await describeGpuRequirements(targetDir, ports())).toMatchObject({ status: 'not-installed' });
  });

  it('names what is missing and what brings it', async () => {
    await install(await save('gpu.nupkg', buildZip(toNuget())));
    await mkdir(join(root, 'usr'));
    await writeFile(join(root, 'usr', 'libc.so.6'), '');
    const requirements = await describeGpuRequirements(targetDir, ports());
    const missing = requirements.status === 'incomplete' ? requirements.missing : [];
    expect(missing.map((library) => library.name)).toEqual(['libcudart.so.12', 'libcudnn.so.9', 'libnvinfer.so.10']);
    expect(missing[0]).toMatchObject({ neededBy: [CUDA], remedy: containing('nvidia-cuda-runtime-cu12') });
    expect(missing[1]?.remedy).toContain('cuDNN 9');
    expect(missing[2]).toMatchObject({ neededBy: [TENSORRT], remedy: containing('TensorRT') });
  });

  it('finds libraries by run path and LD_LIBRARY_PATH, and points to a folder that the loader does not search', async () => {
    await writeFile(
      join(targetDir, CUDA),
      buildElf({ needed: ['libcudart.so.12', 'libcudnn.so.9', 'libcufft.so.11'], runPath: '$ORIGIN/near' }),
    );
    for (const [dir, name] of [
      ['target/near', 'libcudart.so.12'],
      ['listed', 'libcudnn.so.9'],
      ['cuda', 'libcufft.so.11'],
    ] as const) {
      await mkdir(join(root, dir), { recursive: true });
      await writeFile(join(root, dir, name), '');
    }
    const environment = { LD_LIBRARY_PATH: join(root, 'listed') };
    const requirements = await describeGpuRequirements(targetDir, { ...ports(), environment });
    const missing = requirements.status === 'incomplete' ? requirements.missing : [];
    expect(missing.map((library) => library.name)).toEqual(['libcufft.so.11']);
    expect(missing[0]?.remedy).toContain('LD_LIBRARY_PATH');
  });
});
