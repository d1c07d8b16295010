import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { ApiContext } from '../core/api/context.ts';
import { router } from '../core/api/router.ts';
import { startPageMediaType } from '../core/screens/screen-files.ts';
import { securityHeaders } from '../core/screens/security-headers.ts';
import { InferometerError } from '../shared/errors.ts';
import { createAccess, refuseForeign, refuseWithoutOrigin, type Access, type Refusal } from './access.ts';
import { createModelUploads, type ModelUploads } from './model-upload.ts';
import { maxRequestBytes, serveSockets } from './sockets.ts';
import { openStaticFiles, type StaticFiles } from './static-files.ts';

export interface ServerOptions {
  /** Its sessions are closed with the server. */
  context: ApiContext;
  /** 0: one that is free. */
  port: number;
  /** Folder of the screens, with index.html. */
  staticFolder: string;
  /** One line about a refused request or a defect; never holds a token. */
  log: (line: string) => void;
}

export interface RunningServer {
  /** Address to open, with the token of this launch. */
  url: string;
  port: number;
  /** An address that works once and soon, for a command line, which others on the machine can read. */
  createSingleUseUrl(): string;
  /** Cancels and stores what is measured, ends every connection and frees the port. The core stays open. */
  close(): Promise<void>;
}

/** Never an argument: whoever wants the screens from elsewhere forwards the port over SSH. */
const loopback = '127.0.0.1';
const apiPath = '/api';
const socketPath = '/socket';
/** For a whole request: two gigabytes through a slow tunnel. Headers have Node's minute. */
const requestMs = 3_600_000;

/** Serves the screens and the API to this machine alone. Throws USAGE for a port that is taken, NOT_FOUND for screens. */
export async function startServer({ context, port, staticFolder, log }: ServerOptions): Promise<RunningServer> {
  const files = await openStaticFiles(staticFolder);
  const access = createAccess();
  const server = createServer({ requestTimeout: requestMs });
  const uploads = createModelUploads(context);
  const bound = await listen(server, port);
  server.on('request', createListener({ context, access, files, uploads, port: bound, log }));
  const endSockets = serveSockets(server, {
    path: socketPath,
    context,
    refuse(request) {
      const refusal = refuseForeign(request) ?? refuseWithoutOrigin(request) ?? access.refuse(request, bound);
      if (refusal !== null) log(`Refused a socket: ${refusal.status} ${refusal.reason}`);
      return refusal;
    },
  });
  const end = async (): Promise<void> => {
    await Promise.all([context.sessions.close(), uploads.close()]);
    endSockets();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  let ended: Promise<void> | null = null;
  const toUrl = (token: string): string => `http://${loopback}:${bound}/?token=${token}`;
  return {
    url: toUrl(access.token),
    port: bound,
    createSingleUseUrl: () => toUrl(access.createSingleUseToken()),
    close: () => (ended ??= end()),
  };
}

interface Parts {
  context: ApiContext;
  access: Access;
  files: StaticFiles;
  uploads: ModelUploads;
  port: number;
  log: ServerOptions['log'];
}

function createListener(parts: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  const { log } = parts;
  const api = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: maxRequestBytes })] });
  return (request, response) => {
    const nonce = randomBytes(16).toString('base64');
    for (const [name, value] of Object.entries(securityHeaders(nonce))) response.setHeader(name, value);
    answer(request, response, nonce, api, parts).then(
      (refusal) => {
        if (refusal === null) return;
        log(`Refused ${request.method ?? ''}: ${refusal.status} ${refusal.reason}`);
        sendText(response, refusal);
      },
      (error: unknown) => {
        // A reader who leaves in the middle of a file is no defect.
        if (request.destroyed || response.destroyed) return;
        log(`Defect: ${describe(error)}`);
        if (response.headersSent) response.destroy();
        else sendText(response, { status: 500, reason: 'The request failed; the log of inferometer says why.' });
      },
    );
  };
}

/** Every guard in one place and order: who is asked for, who asks, with what right; only then what for. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  nonce: string,
  api: RPCHandler<ApiContext>,
  { context, access, files, uploads, port }: Parts,
): Promise<Refusal | null> {
  const foreign = refuseForeign(request);
  if (foreign !== null) return foreign;
  const token = readToken(request);
  if (token !== null) {
    if (!access.admits(token)) return { status: 401, reason: 'The token is not that of this launch.' };
    // The address with the token leaves the history. Always to the start, so that nothing else can be redirected to.
    response.setHeader('Set-Cookie', access.setCookie(port));
    if (request.headers['sec-fetch-site'] === 'cross-site') sendStepPage(response);
    else response.writeHead(303, { Location: '/' }).end();
    return null;
  }
  const unknown = access.refuse(request, port);
  if (unknown !== null) return unknown;
  const isUpload = uploads.matches(request);
  if (!isUpload && !isApiRequest(request)) return files.serve(request, response, nonce);
  // Anything but POST could be sent by a link or an image.
  if (request.method !== 'POST') return { status: 405, reason: 'The API takes POST.' };
  const nameless = refuseWithoutOrigin(request);
  if (nameless !== null) return nameless;
  if (isUpload) {
    await uploads.receive(request, response);
    return null;
  }
  const { matched } = await api.handle(request, response, { prefix: apiPath, context });
  return matched ? null : { status: 404, reason: 'There is no such operation.' };
}

function readToken({ method, url = '' }: IncomingMessage): string | null {
  if (method !== 'GET' || !url.startsWith('/?')) return null;
  return new URLSearchParams(url.slice(2)).get('token');
}

function isApiRequest({ url = '' }: IncomingMessage): boolean {
  return url === apiPath || url.startsWith(`${apiPath}/`) || url.startsWith(`${apiPath}?`);
}

function sendText(response: ServerResponse, { status, reason }: Refusal): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}

/**
 * After a link on another site, such as a terminal in a browser, the browser keeps a Strict cookie back from redirects
 * as well. A page of this host that goes on by itself starts anew, and takes the place of the address in the history.
 */
function sendStepPage(response: ServerResponse): void {
  const page = '<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>Inferometer</title>';
  response.writeHead(200, { 'Content-Type': startPageMediaType }).end(page);
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen({ port, host: loopback });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new InferometerError(
      {
        code: 'USAGE',
        message: `The port ${port} ${code === 'EACCES' ? 'may not be used by this user' : 'is in use'}.`,
        remedy: 'Name another port, or leave it out to get one that is free.',
        data: { port },
      },
      { cause: error },
    );
  }
  return (server.address() as AddressInfo).port;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
