import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** What the loader needs to know of a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5). */
export interface ElfFile {
  machine: 'x64' | 'arm64' | 'other';
  /** True for shared libraries and position-independent programs. */
  isShared: boolean;
  soname: string | null;
  /** Names of the shared libraries that must be found when this one is loaded. */
  needed: string[];
  /** Directories to search first, from DT_RPATH and DT_RUNPATH, with $ORIGIN as written. */
  runPaths: string[];
}

interface Segment {
  type: number;
  offset: number;
  virtualAddress: number;
  fileSize: number;
}

const MACHINES: Record<number, ElfFile['machine']> = { 62: 'x64', 183: 'arm64' };
const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const TAG = { needed: 1, stringTable: 5, stringTableSize: 10, soname: 14, rpath: 15, runpath: 29 };
/** Far above any real dynamic section or string table; a damaged header must not make us read gigabytes. */
const MAX_SECTION_BYTES = 64 * 1024 ** 2;

/** Reads the header and the dynamic section, not the rest, of a file of any size. */
export async function readElf(path: string): Promise<Observed<ElfFile>> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const header = await readRange(file, 0, 64);
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46) return absent('it is not an ELF file');
  if (header[4] !== 2 || header[5] !== 1) return absent('it is not a 64-bit little-endian ELF file');
  const segments = await readSegments(file, header);
  const beyond = segments.find((segment) => segment.offset + segment.fileSize > size);
  if (segments.length === 0 || beyond) return absent('it is an ELF file that was cut short or damaged');
  const dynamic = segments.find((segment) => segment.type === SEGMENT_DYNAMIC);
  const entries = dynamic ? await readDynamic(file, dynamic) : [];
  const strings = await readStrings(file, segments, entries);
  const texts = (tag: number) => entries.filter((entry) => entry.tag === tag).map((entry) => strings(entry.value));
  return present({
    machine: MACHINES[header.readUInt16LE(18)] ?? 'other',
    isShared: header.readUInt16LE(16) === 3,
    soname: texts(TAG.soname)[0] ?? null,
    needed: texts(TAG.needed),
    runPaths: [...texts(TAG.rpath), ...texts(TAG.runpath)]
      .flatMap((list) => list.split(':'))
      .filter((path) => path !== ''),
  });
}

async function readSegments(file: FileHandle, header: Buffer): Promise<Segment[]> {
  const offset = Number(header.readBigUInt64LE(32));
  const entrySize = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  if (entrySize < 56) return [];
  const table = await readRange(file, offset, entrySize * count);
  const segments: Segment[] = [];
  for (let at = 0; at + entrySize <= table.length; at += entrySize) {
    segments.push({
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      virtualAddress: Number(table.readBigUInt64LE(at + 16)),
      fileSize: Number(table.readBigUInt64LE(at + 32)),
    });
  }
  return segments;
}

async function readDynamic(file: FileHandle, segment: Segment): Promise<{ tag: number; value: number }[]> {
  const table = await readRange(file, segment.offset, segment.fileSize);
  const entries: { tag: number; value: number }[] = [];
  for (let at = 0; at + 16 <= table.length; at += 16) {
    const tag = Number(table.readBigInt64LE(at));
    if (tag === 0) break;
    entries.push({ tag, value: Number(table.readBigUInt64LE(at + 8)) });
  }
  return entries;
}

/** A lookup of names by their offset in the dynamic string table. */
async function readStrings(
  file: FileHandle,
  segments: Segment[],
  entries: { tag: number; value: number }[],
): Promise<(offset: number) => string> {
  const address = entries.find((entry) => entry.tag === TAG.stringTable)?.value;
  const size = entries.find((entry) => entry.tag === TAG.stringTableSize)?.value;
  // The table is given by its address in memory; the loadable segment that holds it tells where it is in the file.
  const segment = segments.find(
    ({ type, virtualAddress, fileSize }) =>
      type === SEGMENT_LOAD &&
      address !== undefined &&
      address >= virtualAddress &&
      address < virtualAddress + fileSize,
  );
  if (address === undefined || size === undefined || segment === undefined) return () => '';
  const table = await readRange(file, address - segment.virtualAddress + segment.offset, size);
  return (offset) => {
    const end = table.indexOf(0, offset);
    return table.toString('utf8', offset, end < 0 ? table.length : end);
  };
}

async function readRange(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(length, MAX_SECTION_BYTES));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Version of the ONNX Runtime library at `path`, from the symbol version that its exports carry ("VERS_1.30.0"). */
export async function readRuntimeVersion(path: string): Promise<string | null> {
  await using file = await open(path, 'r');
  const chunk = Buffer.alloc(1024 ** 2);
  let carried = '';
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return null;
    position += bytesRead;
    const content = carried + chunk.toString('latin1', 0, bytesRead);
    // Ends with a NUL, so that a number cut by the end of a chunk is not taken for a shorter one.
    const match = /VERS_(\d+\.\d+\.\d+)\0/.exec(content);
    if (match?.[1] !== undefined) return match[1];
    carried = content.slice(-64);
  }
}
