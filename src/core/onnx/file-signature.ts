const SIGNATURES: readonly { name: string; at: number; bytes: readonly number[] | string }[] = [
  { name: 'a PNG image', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'a JPEG image', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { name: 'an HDF5 file (Keras)', at: 0, bytes: [0x89, 0x48, 0x44, 0x46] },
  { name: 'a ZIP archive (a PyTorch checkpoint is one)', at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a gzip archive', at: 0, bytes: [0x1f, 0x8b] },
  { name: 'a Python pickle (an old PyTorch checkpoint is one)', at: 0, bytes: [0x80, 0x02] },
  { name: 'a Python pickle', at: 0, bytes: [0x80, 0x03] },
  { name: 'a Python pickle', at: 0, bytes: [0x80, 0x04] },
  { name: 'a Python pickle', at: 0, bytes: [0x80, 0x05] },
  { name: 'a GGUF model', at: 0, bytes: 'GGUF' },
  { name: 'a TensorFlow Lite model', at: 4, bytes: 'TFL3' },
  { name: 'a model in the ORT format', at: 4, bytes: 'ORTM' },
  // The upper half of a 64-bit header length, then JSON.
  { name: 'a safetensors file', at: 4, bytes: '\0\0\0\0{"' },
  { name: 'a Git LFS pointer (the real file was not downloaded)', at: 0, bytes: 'version https://git-lfs' },
  { name: 'a NumPy array', at: 0, bytes: [0x93, 0x4e, 0x55, 0x4d] },
];

/** How many bytes from the beginning `describeSignature` looks at. */
export const SIGNATURE_BYTES = 64;

/** Names a well-known format that is not ONNX by the first bytes of a file, or null. */
export function describeSignature(head: Uint8Array): string | null {
  for (const { name, at, bytes } of SIGNATURES) {
    const wanted = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes);
    if (head.byteLength >= at + wanted.byteLength && wanted.every((byte, index) => head[at + index] === byte)) {
      return name;
    }
  }
  const printable = head.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d,
  );
  return printable && head.byteLength > 0 ? 'a text file' : null;
}
