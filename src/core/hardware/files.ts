import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** The kernel's files as detection reads them; a test gives the files of another machine. Paths are absolute. */
export interface SystemFiles {
  /** The trimmed content, or why there is none. An empty file counts as absent. */
  read(path: string): Promise<Observed<string>>;
  /** Names in a directory, sorted; absent where it does not exist. */
  list(path: string): Promise<Observed<string[]>>;
}

/** Reads below `root`, "/" for this machine. */
export function createSystemFiles(root = '/'): SystemFiles {
  return {
    async read(path) {
      try {
        const content = (await readFile(join(root, path), 'utf8')).replaceAll('\0', ' ').trim();
        return content === '' ? absent(`${path} is empty`) : present(content);
      } catch (error) {
        return absent(toFileReason(path, error));
      }
    },
    async list(path) {
      try {
        return present((await readdir(join(root, path))).sort());
      } catch (error) {
        return absent(toFileReason(path, error));
      }
    },
  };
}

function toFileReason(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return `${path} does not exist on this system`;
  if (code === 'EACCES' || code === 'EPERM') return `this process may not read ${path}`;
  return `${path} could not be read (${code})`;
}

/** Applies `parse` to a present value; a null from it becomes absent with `reason`. */
export function parseObserved<T, U>(source: Observed<T>, parse: (value: T) => U | null, reason: string): Observed<U> {
  if (source.status === 'absent') return source;
  const value = parse(source.value);
  return value === null ? absent(reason) : present(value);
}

/** The first source that is present, else the last one's reason. */
export function firstPresent<T>(first: Observed<T>, ...rest: Observed<T>[]): Observed<T> {
  return [first, ...rest].find((source) => source.status === 'present') ?? rest.at(-1) ?? first;
}

/** A finite number greater than zero, or null: the kernel writes 0, -1 or a word where it knows nothing. */
export function parsePositive(value: string): number | null {
  const number = Number(value.trim());
  return value.trim() !== '' && Number.isFinite(number) && number > 0 ? number : null;
}

/** Expands the kernel's list format ("0-3,8") to numbers; null where it is not such a list or is empty. */
export function parseCpuList(list: string): number[] | null {
  const cpus: number[] = [];
  for (const part of list.trim().split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first > 65_536) return null;
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  }
  return cpus;
}
