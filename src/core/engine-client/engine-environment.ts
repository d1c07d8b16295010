import { writeFileSync } from 'node:fs';

/** What is kept of an engine's standard error. */
export const stderrTailBytes = 64 * 1024;

/** Variables an engine needs to find libraries, devices and a place for temporary files; nothing else is passed on. */
const passedOn = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'WINDIR',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'CUDA_PATH',
  'CUDA_VISIBLE_DEVICES',
  'CUDA_DEVICE_ORDER',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_TF32_OVERRIDE',
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'XDG_RUNTIME_DIR',
  'OMP_NUM_THREADS',
  'ALLOW_RELEASED_ONNX_OPSET_ONLY',
  'NODE_COMPILE_CACHE',
];

/**
 * Environment of an engine, whoever starts it: the listed variables of this process, and `extra` on top. CUDA counts its
 * devices as nvidia-smi does, along the bus, unless the user wants otherwise: device numbers mean that.
 */
export function engineEnvironment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...extra };
}

/**
 * Asks the kernel to sacrifice the engine, not the core, when memory runs out. Raising one's own child's score needs
 * no privilege; elsewhere than on Linux there is no such file and nothing to do.
 */
export function preferAsOutOfMemoryVictim(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Hardened systems forbid it; the memory limit of the client still holds.
  }
}
