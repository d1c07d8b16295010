import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installGpuLibraries } from '../../src/core/hardware/gpu-libraries.ts';
import { describeGpuRequirements } from '../../src/core/hardware/gpu-requirements.ts';
import { findRuntimeFolder } from '../../src/core/hardware/runtime-folder.ts';
import { InferometerError } from '../../src/shared/errors.ts';

/** What CUDA and TensorRT run with here. */
export interface CudaLibraries {
  /** One sentence for the page: where the provider libraries are from, or why there are none. */
  origin: string;
  /** For engines: where the loader finds CUDA's own libraries. */
  environment: Record<string, string>;
}

/**
 * Makes CUDA usable: places the provider libraries beside ONNX Runtime, from the folder that is given or from the
 * package onnxruntime-gpu of this machine's Python, and finds CUDA's libraries among Python's packages.
 */
export async function prepareCuda(folder: string | null): Promise<CudaLibraries> {
  const runtime = findRuntimeFolder();
  const packages = await listPythonPackages();
  const environment = toEnvironment(packages);
  if (runtime === null) return { origin: 'onnxruntime-node is not installed.', environment };
  const placed = (await describeGpuRequirements(runtime.directory)).status !== 'not-installed';
  const source = folder ?? (placed ? null : findInPackages(packages));
  if (source === null) {
    return {
      origin: placed
        ? 'The provider libraries were beside ONNX Runtime already.'
        : 'No provider libraries for CUDA are installed, and Python has no package onnxruntime-gpu.',
      environment,
    };
  }
  try {
    const { directory, version } = runtime;
    await installGpuLibraries({ source, targetDir: directory, version });
    return { origin: `The provider libraries of version ${version} are from a Python package or folder.`, environment };
  } catch (error) {
    if (!(error instanceof InferometerError)) throw error;
    return { origin: `The provider libraries could not be placed: ${error.message}`, environment };
  }
}

/** Folders of Python's installed packages; none without Python. */
async function listPythonPackages(): Promise<string[]> {
  const script = 'import site, sys; print("\\n".join(site.getsitepackages() + [site.getusersitepackages()]))';
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', script], { timeout: 20_000 });
    return stdout.split('\n').filter((folder) => folder !== '' && existsSync(folder));
  } catch {
    return [];
  }
}

function findInPackages(packages: readonly string[]): string | null {
  const folders = packages.map((folder) => join(folder, 'onnxruntime', 'capi'));
  return folders.find((folder) => existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))) ?? null;
}

/** NVIDIA's wheels keep their libraries in nvidia/<component>/lib, TensorRT's in tensorrt_libs. */
function toEnvironment(packages: readonly string[]): Record<string, string> {
  const folders = packages.flatMap((folder) => {
    const nvidia = join(folder, 'nvidia');
    const components = existsSync(nvidia) ? readdirSync(nvidia).map((name) => join(nvidia, name, 'lib')) : [];
    return [...components, join(folder, 'tensorrt_libs')].filter((one) => existsSync(one));
  });
  const searched = process.env.LD_LIBRARY_PATH;
  if (folders.length === 0) return {};
  return { LD_LIBRARY_PATH: [...(searched === undefined ? [] : [searched]), ...folders].join(':') };
}
