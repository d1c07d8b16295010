import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the native libraries of ONNX Runtime lie for this platform, and which version they are. */
export interface RuntimeFolder {
  directory: string;
  version: string;
}

/** Finds onnxruntime-node without loading it; null where it is not installed. */
export function findRuntimeFolder(): RuntimeFolder | null {
  const manifestPath = findManifest();
  if (manifestPath === null) return null;
  const { version } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { version: string };
  return { directory: join(dirname(manifestPath), 'bin', 'napi-v6', process.platform, process.arch), version };
}

function findManifest(): string | null {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  } catch {
    return null;
  }
}
