import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { InferometerError } from '../../shared/errors.ts';

/** Stands in index.html where the page needs the nonce of its Content-Security-Policy. */
const noncePlaceholder = '__CSP_NONCE__';
const startPage = 'index.html';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** What an address stands for. */
export type FoundScreen =
  | { kind: 'file'; path: string; sizeBytes: number; mediaType: string; hashed: boolean }
  | { kind: 'start-page' }
  /** No such file; unless the name is one of a file it may be an address of the application, which the page's router understands. */
  | { kind: 'missing'; namesFile: boolean }
  /** The address could lead out of the folder, or is no address. */
  | { kind: 'invalid' };

/** The built screens: the files of one folder and nothing else. */
export interface ScreenFiles {
  /** Looks for the path of a request as it was sent, undecoded, with its leading slash. */
  find(rawPath: string): Promise<FoundScreen>;
  /** index.html with the nonce of this answer. */
  readStartPage(nonce: string): Promise<string>;
}

/** Media type of the start page. */
export const startPageMediaType = 'text/html; charset=utf-8';

/** Throws NOT_FOUND for a folder without index.html. */
export async function openScreenFiles(folder: string): Promise<ScreenFiles> {
  const root = await findRoot(folder);
  return {
    async find(rawPath) {
      const relative = toRelativePath(rawPath);
      if (relative === null) return { kind: 'invalid' };
      if (relative === '' || relative === startPage) return { kind: 'start-page' };
      const file = await findFile(root, relative);
      if (file === null) return { kind: 'missing', namesFile: isFileName(relative) };
      // The same file under another name, by a link or a file system that ignores case.
      if (path.basename(file.path) === startPage) return { kind: 'start-page' };
      const mediaType = mediaTypes[path.extname(file.path).toLowerCase()] ?? 'application/octet-stream';
      return { kind: 'file', ...file, mediaType, hashed: relative.startsWith('assets/') };
    },
    async readStartPage(nonce) {
      return (await readFile(path.join(root, startPage), 'utf8')).replaceAll(noncePlaceholder, nonce);
    },
  };
}

/** Ids of results hold dots, so an extension makes a file only where it is one that the screens have. */
function isFileName(relative: string): boolean {
  return relative.startsWith('assets/') || path.posix.extname(relative).toLowerCase() in mediaTypes;
}

async function findRoot(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(path.join(root, startPage))).isFile()) return root;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  throw new InferometerError({
    code: 'NOT_FOUND',
    message: `The folder ${folder} holds no screens (${startPage} is missing).`,
    remedy: 'Install the application again, or build its screens.',
    data: { path: folder },
  });
}

/**
 * The path below the root as it was asked for, decoded once; null for anything that could leave the folder or name
 * what is no plain file of it: dot segments, hidden names, backslashes, drive letters and streams of Windows, NUL.
 * The raw text is taken apart by hand, because a URL parser would resolve ".." before it can be seen.
 */
function toRelativePath(rawPath: string): string | null {
  const [raw = ''] = rawPath.split(/[?#]/);
  if (!raw.startsWith('/')) return null;
  let decoded: string;
  try {
    decoded = decodeURIComponent(raw.slice(1));
  } catch {
    return null;
  }
  if (/[\0\\:]/.test(decoded)) return null;
  const segments = decoded.split('/');
  if (segments.some((segment) => segment.startsWith('.'))) return null;
  return segments.slice(0, -1).includes('') ? null : decoded;
}

interface FoundFile {
  path: string;
  sizeBytes: number;
}

/** Follows links before it looks where the file lies: a link may lead out of the folder. */
async function findFile(root: string, relative: string): Promise<FoundFile | null> {
  try {
    const file = await realpath(path.join(root, relative));
    if (!file.startsWith(root + path.sep)) return null;
    const found = await stat(file);
    return found.isFile() ? { path: file, sizeBytes: found.size } : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
