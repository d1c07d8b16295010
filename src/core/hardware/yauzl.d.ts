/** The part of yauzl 3 that is used here; the package ships no types. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  export interface Entry {
    fileName: string;
    crc32: number;
    uncompressedSize: number;
    isEncrypted(): boolean;
  }

  export interface ZipFile {
    close(): void;
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
  }

  const yauzl: {
    /** Rejects for a file that is not a zip archive or has lost its end. */
    openPromise(path: string, options?: { autoClose?: boolean }): Promise<ZipFile>;
  };
  export default yauzl;
}
