import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { openScreenFiles, startPageMediaType, type FoundScreen } from '../core/screens/screen-files.ts';
import { hashedFileCaching } from '../core/screens/security-headers.ts';
import { assertNever } from '../shared/errors.ts';
import type { Refusal } from './access.ts';

/** Serves the files of one folder and nothing else. */
export interface StaticFiles {
  /** Answers GET and HEAD; a refusal is the caller's to write. */
  serve(request: IncomingMessage, response: ServerResponse, nonce: string): Promise<Refusal | null>;
}

const noFile: Refusal = { status: 404, reason: 'There is no such file.' };

/** Throws NOT_FOUND for a folder without index.html. */
export async function openStaticFiles(folder: string): Promise<StaticFiles> {
  const screens = await openScreenFiles(folder);

  async function sendStartPage(request: IncomingMessage, response: ServerResponse, nonce: string): Promise<null> {
    const page = await screens.readStartPage(nonce);
    response.setHeader('Content-Type', startPageMediaType);
    response.setHeader('Content-Length', Buffer.byteLength(page));
    response.end(request.method === 'HEAD' ? undefined : page);
    return null;
  }

  return {
    async serve(request, response, nonce) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return { status: 405, reason: 'Files can be read only.' };
      }
      const found = await screens.find(request.url ?? '');
      switch (found.kind) {
        case 'invalid':
          return { status: 400, reason: 'The path is not valid.' };
        case 'start-page':
          return sendStartPage(request, response, nonce);
        case 'missing':
          // An address of the application itself, which the page's router understands.
          return !found.namesFile && (request.headers.accept ?? '').includes('text/html')
            ? sendStartPage(request, response, nonce)
            : noFile;
        case 'file':
          return sendFile(request, response, found);
        default:
          return assertNever(found);
      }
    },
  };
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, sizeBytes, mediaType, hashed }: Extract<FoundScreen, { kind: 'file' }>,
): Promise<null> {
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', sizeBytes);
  // The build names these files after their content.
  if (hashed) response.setHeader('Cache-Control', hashedFileCaching);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
  return null;
}
