import { createORPCClient, DynamicLink, type ClientContext, type ClientLink } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { create } from 'zustand';
import { ConnectionRefused, type ApiClient, type Connection } from './client.ts';
import { desktop } from './desktop.ts';
import { connectMessagePort } from './message-port.ts';
import { connectWebSocket } from './web-socket.ts';

/** What a screen shows of the connection to the host. */
export type ConnectionState =
  { phase: 'connecting' } | { phase: 'connected' } | { phase: 'lost'; reason: string; remedy: string; final: boolean };

export const useConnection = create<ConnectionState>(() => ({ phase: 'connecting' }));

const firstRetryMs = 500;
const longestRetryMs = 5_000;

const connect = desktop === null ? connectWebSocket : connectMessagePort;
const first = Promise.withResolvers<Connection>();
let current: Promise<Connection> = first.promise;

/**
 * Calls go through the connection of the moment. The first ones wait for it; after a loss they fail at once, so that
 * nothing that was asked for in vain happens minutes later.
 */
const link: ClientLink<ClientContext> = {
  async call(path, input, options) {
    const { client } = await current;
    const procedure = path.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], client);
    return (procedure as (input: unknown, options: unknown) => Promise<unknown>)(input, options);
  },
};

export const client: ApiClient = createORPCClient(new DynamicLink(() => link));

/** The API as options of TanStack Query. */
export const api = createTanstackQueryUtils(client);

/** Connects, and again whenever the connection is lost, until nothing can be gained by it. */
export async function keepConnected(onConnected: (connection: Connection) => void): Promise<void> {
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
    try {
      const connection = await connect();
      first.resolve(connection);
      current = Promise.resolve(connection);
      useConnection.setState({ phase: 'connected' }, true);
      retryMs = firstRetryMs;
      onConnected(connection);
      await connection.closed;
      markLost(new ConnectionRefused('The connection to Inferometer was lost.', 'Reconnecting.', { final: false }));
    } catch (error) {
      if (!(error instanceof ConnectionRefused)) throw error;
      markLost(error);
      if (error.final) return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function markLost(error: ConnectionRefused): void {
  first.reject(error);
  current = Promise.reject(error);
  // Nobody may ask before the next connection.
  current.catch(() => undefined);
  useConnection.setState({ phase: 'lost', reason: error.message, remedy: error.remedy, final: error.final }, true);
}
