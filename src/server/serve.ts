import { once } from 'node:events';
import { createApiContext } from '../core/api/context.ts';
import type { Core } from '../core/create-core.ts';
import type { RunSession } from '../shared/domain/run-session.ts';
import { startServer, type RunningServer, type ServerOptions } from './start-server.ts';

export interface ServeOptions extends Omit<ServerOptions, 'context'> {
  core: Core;
  /** Ends the server: the measurement that runs is stored as cancelled before this resolves. */
  signal: AbortSignal;
  /** Told of the addresses when requests can come in. */
  onListening: (server: Omit<RunningServer, 'close'>) => void;
  /** Another lock than the machine's, for tests. */
  lockPath?: string;
}

/**
 * Serves until the signal is aborted; the core stays open. Answers with the measurement that this cut short, null where
 * none was running. Throws what startServer throws.
 */
export async function serve({
  core,
  signal,
  onListening,
  lockPath,
  ...options
}: ServeOptions): Promise<RunSession | null> {
  const onDefect = (error: unknown): void => options.log(`Defect: ${String(error)}`);
  const context = createApiContext(core, { lockPath, onDefect });
  await using server = await openServer({ ...options, context });
  onListening(server);
  if (!signal.aborted) await once(signal, 'abort');
  const wasMeasuring = context.sessions.isMeasuring();
  await server.close();
  return wasMeasuring ? context.sessions.current() : null;
}

async function openServer(options: ServerOptions): Promise<RunningServer & AsyncDisposable> {
  const server = await startServer(options);
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}
