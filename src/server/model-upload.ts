import type { IncomingMessage, ServerResponse } from 'node:http';
import { besideMeasuring, type ApiContext } from '../core/api/context.ts';
import { receiveModel } from '../core/models/import/receive-model.ts';
import { toStatus } from '../shared/contract/operation.ts';
import { modelUpload } from '../shared/contract/upload.ts';
import { InferometerError, type Failure } from '../shared/errors.ts';

/** A sender that says nothing for so long is gone; until then a measurement that is started waits. */
const silenceMs = 30_000;

/** Takes models that were dropped on the page. */
export interface ModelUploads {
  matches(request: IncomingMessage): boolean;
  /** Answers a request that has passed the guards. */
  receive(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Breaks off what is on its way; resolves when nothing of it is left. */
  close(): Promise<void>;
}

export function createModelUploads(context: ApiContext): ModelUploads {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { fileName, sizeBytes } = parseRequest(request);
      const silence = new AbortController();
      request.setTimeout(silenceMs, () => silence.abort());
      const { name, path, summary } = await besideMeasuring(context, () =>
        receiveModel(context.core, {
          fileName,
          sizeBytes,
          content: readBody(request, AbortSignal.any([closing.signal, silence.signal])),
          signal: closing.signal,
        }),
      );
      sendJson(response, 200, { name, path, summary });
    } catch (error) {
      // What is still on its way is let through to nowhere: a browser reads an answer only when it has sent all.
      request.resume();
      if (!(error instanceof InferometerError)) throw error;
      sendFailure(response, error.toFailure());
    }
  }

  return {
    matches: ({ method, url = '' }) => method === 'POST' && url.split('?', 1)[0] === modelUpload.path,
    async receive(request, response) {
      const work = receive(request, response);
      const settled = work.then(
        () => undefined,
        () => undefined,
      );
      running.add(settled);
      void settled.then(() => running.delete(settled));
      await work;
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

function parseRequest({ url = '', headers }: IncomingMessage): { fileName: string; sizeBytes: number } {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const fileName = query.get('name');
  const size = query.get('size') ?? '';
  const length = headers['content-length'];
  if (fileName === null || !/^\d{1,15}$/.test(size)) {
    throw badRequest('An upload needs the name of the file and its size in bytes.');
  }
  if (length !== undefined && Number(length) !== Number(size)) {
    throw badRequest(`The request has ${length} bytes, and ${size} were announced.`);
  }
  return { fileName, sizeBytes: Number(size) };
}

function badRequest(message: string): InferometerError {
  return new InferometerError({
    code: 'USAGE',
    message,
    remedy: 'Choose the file again; if the page has just been updated, reload it.',
  });
}

/** The body piece by piece, no faster than it is taken. Leaving early keeps the connection, for the answer. */
async function* readBody(request: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const breakOff = (): void => {
    request.destroy(new Error('The upload was broken off.'));
  };
  signal.addEventListener('abort', breakOff);
  try {
    if (signal.aborted) breakOff();
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } finally {
    signal.removeEventListener('abort', breakOff);
  }
}

function sendFailure(response: ServerResponse, failure: Failure): void {
  sendJson(response, toStatus(failure.code), failure);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
