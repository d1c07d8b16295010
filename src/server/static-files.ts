import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InferometerError } from '../shared/errors.ts';
import type { Refusal } from './access.ts';

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

/** Serves the files of one folder and nothing else. */
export interface StaticFiles {
  /** Answers GET and HEAD; a refusal is the caller's to write. */
  serve(request: IncomingMessage, response: ServerResponse, nonce: string): Promise<Refusal | null>;
}

/** Throws NOT_FOUND for a folder without index.html. */
export async function openStaticFiles(folder: string): Promise<StaticFiles> {
  const root = await findRoot(folder);
  return {
    async serve(request, response, nonce) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return { status: 405, reason: 'Files can be read only.' };
      }
      const relative = toRelativePath(request.url ?? '');
      if (relative === null) return { status: 400, reason: 'The path is not valid.' };
      const file = await findFile(root, relative === '' ? startPage : relative);
      if (file !== null && path.basename(file.path) !== startPage) {
        await sendFile(request, response, file, relative.startsWith('assets/'));
        return null;
      }
      if (file === null && !isPageRequest(request, relative)) return { status: 404, reason: 'There is no such file.' };
      await sendStartPage(request, response, path.join(root, startPage), nonce);
      return null;
    },
  };
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
function toRelativePath(url: string): string | null {
  const [raw = ''] = url.split(/[?#]/);
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

/** An address of the application itself, which the page's router understands; files have an extension. */
function isPageRequest({ headers }: IncomingMessage, relative: string): boolean {
  return path.posix.extname(relative) === '' && (headers.accept ?? '').includes('text/html');
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path: file, sizeBytes }: FoundFile,
  hashed: boolean,
): Promise<void> {
  response.setHeader('Content-Type', mediaTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('Content-Length', sizeBytes);
  // The build names these files after their content.
  if (hashed) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

async function sendStartPage(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  nonce: string,
): Promise<void> {
  const page = (await readFile(file, 'utf8')).replaceAll(noncePlaceholder, nonce);
  response.setHeader('Content-Type', mediaTypes['.html'] ?? 'text/html');
  response.setHeader('Content-Length', Buffer.byteLength(page));
  response.end(request.method === 'HEAD' ? undefined : page);
}
