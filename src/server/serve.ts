import { once } from 'node:events';
import { createApiContext } from '../core/api/context.ts';
import type { Core } from '../core/create-core.ts';
import { startServer, type ServerOptions } from './start-server.ts';

export interface ServeOptions extends Omit<ServerOptions, 'context'> {
  core: Core;
  /** Ends the server: the measurement that runs is stored as cancelled before this resolves. */
  signal: AbortSignal;
  /** Told of the address when requests can come in. */
  onListening: (url: string) => void;
  /** Another lock than the machine's, for tests. */
  lockPath?: string;
}

/** Serves until the signal is aborted; the core stays open. Throws what startServer throws. */
export async function serve({ core, signal, onListening, lockPath, ...options }: ServeOptions): Promise<void> {
  const onDefect = (error: unknown): void => options.log(`Defect: ${String(error)}`);
  const server = await startServer({ ...options, context: createApiContext(core, { lockPath, onDefect }) });
  try {
    onListening(server.url);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await server.close();
  }
}
