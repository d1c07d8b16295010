import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { createRouterClient } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import type { ApiContext } from '../../src/core/api/context.ts';
import { router } from '../../src/core/api/router.ts';
import { startServer } from '../../src/server/start-server.ts';
import { screensFolder } from '../support/screens.ts';
import { openSocket, signIn, type Client, type SignedInPage } from '../support/signed-in-page.ts';

/** One caller; several can be connected to a host at once. */
export interface Connection {
  client: Client;
  /** Goes away as a page does that is closed. */
  disconnect(): void;
}

export interface Host {
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

export interface Transport {
  name: string;
  open(context: ApiContext): Promise<Host>;
}

const inProcess: Transport = {
  name: 'in process',
  open: (context) =>
    Promise.resolve({
      connect: () => Promise.resolve({ client: createRouterClient(router, { context }), disconnect: () => undefined }),
      close: () => context.sessions.close(),
    }),
};

const messagePort: Transport = {
  name: 'MessagePort',
  open: (context) => {
    const handler = new PortHandler(router);
    return Promise.resolve({
      connect() {
        const { port1, port2 } = new MessageChannel();
        handler.upgrade(port1, { context });
        port1.start();
        port2.start();
        const client: Client = createORPCClient(new PortLink({ port: port2 }));
        return Promise.resolve({ client, disconnect: () => port2.close() });
      },
      close: () => context.sessions.close(),
    });
  },
};

/** The web host, signed in as a browser is. */
async function openServer(context: ApiContext, connect: (page: SignedInPage) => Promise<Connection>): Promise<Host> {
  const server = await startServer({ context, port: 0, staticFolder: screensFolder, log: () => undefined });
  const page = await signIn(server.url);
  return { connect: () => connect(page), close: () => server.close() };
}

const http: Transport = {
  name: 'HTTP',
  open: (context) =>
    openServer(context, ({ origin, cookie }) => {
      const leave = new AbortController();
      const link = new HttpLink({
        url: `${origin}/api`,
        headers: { cookie, origin },
        fetch: (request, init) => {
          const signal = AbortSignal.any([request.signal, leave.signal]);
          return fetch(request, { ...init, signal });
        },
      });
      return Promise.resolve({ client: createORPCClient(link), disconnect: () => leave.abort() });
    }),
};

const webSocket: Transport = {
  name: 'WebSocket',
  open: (context) =>
    openServer(context, async (page) => {
      const { client, socket } = await openSocket(page);
      return { client, disconnect: () => socket.close() };
    }),
};

export const transports: readonly Transport[] = [inProcess, messagePort, webSocket, http];
