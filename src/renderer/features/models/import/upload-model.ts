import { modelUpload, uploadedModelSchema } from '../../../../shared/contract/upload.ts';
import { failureSchema } from '../../../../shared/errors.ts';
import { ConnectionRefused } from '../../../transport/client.ts';

/** How an import ended; `error` is what a screen can show (transport/failure.ts). */
export type ImportEnd = { ended: 'added'; name: string } | { ended: 'failed'; error: unknown } | { ended: 'cancelled' };

interface UploadOptions {
  signal: AbortSignal;
  /** Share of the file that was sent. */
  onProgress: (share: number) => void;
}

/** Hands a file to the web host, which does not see the disk of the browser. */
export function uploadModel(file: File, { signal, onProgress }: UploadOptions): Promise<ImportEnd> {
  const { promise, resolve } = Promise.withResolvers<ImportEnd>();
  // fetch does not tell how much of a body was sent.
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ name: file.name, size: String(file.size) });
  request.upload.addEventListener('progress', ({ loaded }) => onProgress(file.size === 0 ? 1 : loaded / file.size));
  request.addEventListener('load', () => resolve(readAnswer(request, file.name)));
  request.addEventListener('error', () => resolve({ ended: 'failed', error: brokenOff(file.name) }));
  request.addEventListener('abort', () => resolve({ ended: 'cancelled' }));
  signal.addEventListener('abort', () => request.abort(), { once: true });
  request.open('POST', `${modelUpload.path}?${query.toString()}`);
  request.send(file);
  return promise;
}

function readAnswer({ status, responseText }: XMLHttpRequest, fileName: string): ImportEnd {
  const body = parseJson(responseText);
  if (status === 200) {
    const model = uploadedModelSchema.safeParse(body);
    if (model.success) return { ended: 'added', name: model.data.name };
  }
  const failure = failureSchema.safeParse(body);
  if (failure.success) return { ended: 'failed', error: failure.data };
  const message = `Inferometer refused ${fileName} with status ${status}.`;
  return { ended: 'failed', error: new ConnectionRefused(message, 'Reload the page and try again.', { final: false }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function brokenOff(fileName: string): ConnectionRefused {
  return new ConnectionRefused(
    `The transfer of ${fileName} was broken off, and nothing of it was kept.`,
    'Check that the file can still be read and that Inferometer runs, then try again.',
    { final: false },
  );
}
