import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hashedFileCaching, securityHeaders } from '../core/screens/security-headers.ts';
import { startPageMediaType, type ScreenFiles } from '../core/screens/screen-files.ts';
import { appOrigin } from './app-origin.ts';

/** What of a request is looked at. */
export type AskedFor = Pick<Request, 'url' | 'method'>;

/** Answers requests to app://inferometer/ from the built screens; nothing else of the disk can be reached. */
export function createScreensHandler(files: ScreenFiles): (request: AskedFor) => Promise<Response> {
  return async ({ url, method }) => {
    const nonce = randomBytes(16).toString('base64');
    const headers = new Headers(securityHeaders(nonce));
    const isRead = method === 'GET' || method === 'HEAD';
    const respond = (body: string | Uint8Array<ArrayBuffer>, mediaType: string): Response => {
      headers.set('Content-Type', mediaType);
      return new Response(method === 'HEAD' ? null : body, { headers });
    };
    const refuse = (status: number, reason: string): Response => {
      headers.set('Content-Type', 'text/plain; charset=utf-8');
      return new Response(`${reason}\n`, { status, headers });
    };

    // Cut off by hand: a URL parser would resolve ".." before the guard sees it.
    if (!url.startsWith(`${appOrigin}/`)) return refuse(404, 'There is no such page.');
    if (!isRead) return refuse(405, 'Files can be read only.');
    const found = await files.find(url.slice(appOrigin.length));
    switch (found.kind) {
      case 'invalid':
        return refuse(400, 'The path is not valid.');
      case 'missing':
        if (found.namesFile) return refuse(404, 'There is no such file.');
        return respond(await files.readStartPage(nonce), startPageMediaType);
      case 'start-page':
        return respond(await files.readStartPage(nonce), startPageMediaType);
      case 'file':
        if (found.hashed) headers.set('Cache-Control', hashedFileCaching);
        return respond(new Uint8Array(await readFile(found.path)), found.mediaType);
    }
  };
}
