import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readElf } from './elf.ts';

/** A shared library that a provider library needs. */
export interface RequiredLibrary {
  name: string;
  /** Provider libraries that name it. */
  neededBy: string[];
  /** Where the loader will find it; null where it will not. */
  path: string | null;
  /** How to get it, when it is missing: one sentence. */
  remedy: string | null;
}

export type GpuRequirements =
  | { status: 'not-installed'; reason: string; remedy: string }
  | { status: 'complete'; libraries: RequiredLibrary[] }
  | { status: 'incomplete'; libraries: RequiredLibrary[]; missing: RequiredLibrary[] };

export interface RequirementPorts {
  environment: Record<string, string | undefined>;
  /** The loader's cache of libraries by name, ld.so.cache(5). */
  cachePath: string;
  /** Searched last by the loader without any configuration. */
  defaultDirs: string[];
  /** Not searched by the loader; a library found here needs LD_LIBRARY_PATH. */
  usualDirs: string[];
}

const DEFAULT_PORTS: RequirementPorts = {
  environment: process.env,
  cachePath: '/etc/ld.so.cache',
  defaultDirs: ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib'],
  usualDirs: ['/usr/local/cuda/lib64', '/usr/local/cuda-12/lib64', '/opt/cuda/lib64', '/usr/lib/wsl/lib'],
};

/** Who ships which library: the component and its Python wheel, which is the smallest way to get it. */
const PACKAGES: [RegExp, string, string | null][] = [
  [/^libcudart\.so/, 'the CUDA runtime', 'nvidia-cuda-runtime'],
  [/^libcublas(Lt)?\.so/, 'cuBLAS of the CUDA toolkit', 'nvidia-cublas'],
  [/^libcurand\.so/, 'cuRAND of the CUDA toolkit', 'nvidia-curand'],
  [/^libcufft\.so/, 'cuFFT of the CUDA toolkit', 'nvidia-cufft'],
  [/^libnvrtc\.so/, 'NVRTC of the CUDA toolkit', 'nvidia-cuda-nvrtc'],
  [/^libnvJitLink\.so/, 'nvJitLink of the CUDA toolkit', 'nvidia-nvjitlink'],
  [/^libcudnn.*\.so/, 'cuDNN', 'nvidia-cudnn'],
  [/^libnvinfer.*\.so|^libnvonnxparser\.so/, 'TensorRT', 'tensorrt'],
  [/^libcuda\.so/, 'the NVIDIA driver', null],
];

/**
 * Says which shared libraries the provider libraries in `targetDir` need, where the loader finds each, and for the
 * missing ones which package brings them. Reads DT_NEEDED; what those libraries need in turn is not followed.
 */
export async function describeGpuRequirements(targetDir: string, ports = DEFAULT_PORTS): Promise<GpuRequirements> {
  const neededBy = new Map<string, string[]>();
  const runPaths = new Map<string, string[]>();
  for (const provider of ['cuda', 'tensorrt']) {
    const file = `libonnxruntime_providers_${provider}.so`;
    const elf = await readElf(join(targetDir, file)).catch(() => null);
    if (elf?.status !== 'present') continue;
    for (const name of elf.value.needed) {
      neededBy.set(name, [...(neededBy.get(name) ?? []), file]);
      runPaths.set(name, [...(runPaths.get(name) ?? []), ...elf.value.runPaths]);
    }
  }
  if (neededBy.size === 0) {
    return {
      status: 'not-installed',
      reason: `There are no CUDA libraries of ONNX Runtime in ${targetDir}.`,
      remedy: 'Install them with the command inferometer gpu install.',
    };
  }
  const cached = await readLoaderCache(ports.cachePath);
  const cudaMajor = toCudaMajor([...neededBy.keys()]);
  const libraries: RequiredLibrary[] = [];
  for (const [name, files] of neededBy) {
    const path = await findLibrary(name, toSearchDirs(targetDir, runPaths.get(name) ?? [], ports), cached);
    const remedy = path === null ? await toRemedy(name, cudaMajor, ports) : null;
    libraries.push({ name, neededBy: files, path, remedy });
  }
  const missing = libraries.filter((library) => library.path === null);
  return missing.length === 0 ? { status: 'complete', libraries } : { status: 'incomplete', libraries, missing };
}

/** The loader's order, ld.so(8): run path, LD_LIBRARY_PATH, cache, default directories. */
function toSearchDirs(
  targetDir: string,
  runPaths: string[],
  ports: RequirementPorts,
): { first: string[]; last: string[] } {
  const own = runPaths.map((path) => path.replaceAll(/\$ORIGIN|\$\{ORIGIN\}/g, targetDir));
  const configured = (ports.environment.LD_LIBRARY_PATH ?? '').split(/[:;]/).filter((path) => path !== '');
  return { first: [...own, ...configured], last: ports.defaultDirs };
}

async function findLibrary(
  name: string,
  dirs: { first: string[]; last: string[] },
  cached: ReadonlyMap<string, string>,
): Promise<string | null> {
  const candidates = [
    ...dirs.first.map((dir) => join(dir, name)),
    cached.get(name),
    ...dirs.last.map((dir) => join(dir, name)),
  ];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await exists(candidate))) return candidate;
  }
  return null;
}

async function toRemedy(name: string, cudaMajor: string | null, ports: RequirementPorts): Promise<string> {
  for (const dir of ports.usualDirs) {
    if (await exists(join(dir, name))) return `It is in ${dir}: add that folder to LD_LIBRARY_PATH.`;
  }
  const known = PACKAGES.find(([pattern]) => pattern.test(name));
  if (!known) return `Install the package of this distribution that brings ${name}.`;
  const [, component, wheel] = known;
  const major = /\.so\.(\d+)/.exec(name)?.[1];
  if (wheel === null) return `Install ${component}; in a container, start it with the NVIDIA container runtime.`;
  // The number in a name is the library's own; only these two share it with the release to install.
  const release = major !== undefined && /^lib(cudart|cudnn)/.test(name) ? ` ${major}` : '';
  const cuda = cudaMajor === null ? '' : ` for CUDA ${cudaMajor}`;
  // The wheels for CUDA 12 share one way of naming; later ones do not.
  const example = cudaMajor === '12' ? `, e.g. from the Python package ${wheel}-cu12,` : '';
  return `Install ${component}${release}${cuda}${example} and add its folder to LD_LIBRARY_PATH.`;
}

/** The CUDA release that the libraries were built for, which the runtime's name carries. */
function toCudaMajor(needed: string[]): string | null {
  for (const name of needed) {
    const major = /^lib(?:cudart|cublas|cublasLt|nvrtc)\.so\.(\d+)/.exec(name)?.[1];
    if (major !== undefined) return major;
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

const CACHE_MAGIC = 'glibc-ld.so.cache1.1';

/** Names and paths of the x64 libraries in glibc's loader cache; empty on a system with another loader. */
async function readLoaderCache(path: string): Promise<Map<string, string>> {
  const libraries = new Map<string, string>();
  const cache = await readFile(path).catch(() => null);
  const start = cache?.indexOf(CACHE_MAGIC, 0, 'latin1') ?? -1;
  if (cache === null || start < 0) return libraries;
  // Header: 20 bytes of magic, number of entries, length of strings, 20 reserved bytes; entries of 24 bytes.
  const count = cache.readUInt32LE(start + 20);
  for (let entry = 0; entry < count; entry++) {
    const at = start + 48 + entry * 24;
    if (at + 24 > cache.length) break;
    // The second byte of the flags is the architecture; 3 stands for x86-64.
    if (((cache.readUInt32LE(at) >> 8) & 0xff) !== 3) continue;
    const name = readCacheString(cache, start + cache.readUInt32LE(at + 4));
    if (!libraries.has(name)) libraries.set(name, readCacheString(cache, start + cache.readUInt32LE(at + 8)));
  }
  return libraries;
}

function readCacheString(cache: Buffer, offset: number): string {
  const end = cache.indexOf(0, offset);
  return cache.toString('latin1', offset, end < 0 ? cache.length : end);
}
