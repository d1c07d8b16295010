import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ApiContext } from '../core/api/context.ts';
import { router } from '../core/api/router.ts';
import type { Refusal } from './access.ts';

/** Requests are plans and ids, nothing large. */
export const maxRequestBytes = 1024 * 1024;
/** A tunnel that broke says nothing; a socket that misses one ping is taken for dead. */
const pingIntervalMs = 30_000;

/** Serves the contract over WebSockets at `path`. The returned function ends every connection. */
export function serveSockets(
  server: Server,
  options: { path: string; context: ApiContext; refuse: (request: IncomingMessage) => Refusal | null },
): () => void {
  const { path, context, refuse } = options;
  const handler = new RPCHandler(router);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxRequestBytes });
  const alive = new WeakSet<WebSocket>();

  server.on('upgrade', (request, stream, head) => {
    const refusal = request.url === path ? refuse(request) : { status: 404, reason: 'There is no such socket.' };
    if (refusal !== null) {
      refuseUpgrade(stream, refusal);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
      // What went wrong with one connection ends that connection; "close" follows.
      socket.on('error', () => socket.terminate());
      void handler.upgrade(socket, { context });
    });
  });

  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, pingIntervalMs);
  return () => {
    clearInterval(pings);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function refuseUpgrade(stream: Duplex, { status, reason }: Refusal): void {
  stream.on('error', () => stream.destroy());
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain`;
  stream.end(`${head}\r\nContent-Length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`);
}
