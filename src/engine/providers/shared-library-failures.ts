import type { ProviderFailure } from './provider.ts';

/** Library stem to what brings it, for the remedy of a failed load. CUDA 12 and cuDNN 9 are what 1.30 links to. */
const packages: readonly (readonly [RegExp, string])[] = [
  [/^libonnxruntime_providers_/, 'Run `inferometer gpu install` to add the provider libraries of ONNX Runtime'],
  [/^libcudnn/, 'Install cuDNN 9 for CUDA 12 (package cudnn9-cuda-12) or put it on LD_LIBRARY_PATH'],
  [/^libnvinfer|^libnvonnxparser/, 'Install TensorRT 10 for CUDA 12 or put its lib folder on LD_LIBRARY_PATH'],
  [
    /^libcu(blas|dart|fft|rand|solver|sparse)|^libnv(JitLink|rtc)/,
    'Install the CUDA 12 runtime libraries or put them on LD_LIBRARY_PATH',
  ],
];

/**
 * Finds the shared library that could not be opened. ONNX Runtime throws only "Failed to load shared library"; the
 * name stands on standard error as `with error: libX.so.N: cannot open shared object file`.
 */
export function explainMissingLibrary(stderr: string): ProviderFailure | null {
  const missing = /with error:\s+(?:\S*\/)?(lib[\w+.-]+?\.so[\w.]*):\s+cannot open/.exec(stderr)?.[1];
  if (missing !== undefined) {
    const remedy =
      packages.find(([pattern]) => pattern.test(missing))?.[1] ?? `Install the package that brings ${missing}`;
    return { cause: 'missing-library', reason: `the shared library ${missing} cannot be found`, remedy };
  }
  if (stderr.includes('LoadLibrary failed with error 126')) {
    return {
      cause: 'missing-library',
      reason: 'a DLL that the provider needs cannot be found (Windows error 126)',
      remedy: 'Install the vendor runtime that the provider needs and put it on PATH',
    };
  }
  return null;
}

/** Reads CUDA's own error codes out of ONNX Runtime's message. Codes: CUDA runtime API, cudaError_t. */
export function explainCudaFailure(text: string): ProviderFailure | null {
  const code = /CUDA failure (\d+)/.exec(text)?.[1];
  switch (code) {
    case undefined:
      return null;
    case '35':
      return {
        cause: 'driver-too-old',
        reason:
          'the NVIDIA driver is missing or older than the CUDA runtime that ONNX Runtime was built for (error 35)',
        remedy: 'Install an NVIDIA driver of series 525 or newer, which supports CUDA 12',
      };
    case '100':
      return {
        cause: 'no-device',
        reason: 'CUDA finds no NVIDIA GPU (error 100)',
        remedy: 'Check that the GPU is visible to this process with nvidia-smi',
      };
    case '101':
      return {
        cause: 'bad-device',
        reason: 'the GPU with this number does not exist (error 101)',
        remedy: 'Choose a device number that nvidia-smi lists',
      };
    case '2':
      return {
        cause: 'out-of-memory',
        reason: 'the GPU has no memory left (error 2)',
        remedy: 'Close other programs that use the GPU, or choose a smaller model or batch',
      };
    default:
      return {
        cause: 'cuda-error',
        reason: `CUDA reports error ${code}`,
        remedy: 'Look the code up in the CUDA runtime documentation and check nvidia-smi',
      };
  }
}
