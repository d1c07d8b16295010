import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { ConnectionRefused, type Connection } from './client.ts';

const path = '/socket';

/** Connects to the web host that served this page. Throws ConnectionRefused. */
export async function connectWebSocket(): Promise<Connection> {
  const socket = new WebSocket(path);
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => resolve(), { once: true });
  });
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true });
    void closed.then(() => resolve(false));
  });
  if (!(await opened)) throw await explainRefusal();
  return { client: createORPCClient(new RPCLink({ websocket: socket })), closed };
}

/** A browser does not tell why a socket was refused; a plain request to the same host does. */
async function explainRefusal(): Promise<ConnectionRefused> {
  try {
    const { status } = await fetch('/', { method: 'HEAD', redirect: 'manual' });
    if (status === 401) {
      return new ConnectionRefused(
        'This page is not signed in to the Inferometer that runs now.',
        'Open the address that it printed when it started, token included.',
        { final: true },
      );
    }
    return new ConnectionRefused('Inferometer refused the connection.', 'Reload the page.', { final: false });
  } catch {
    return new ConnectionRefused(
      'Inferometer does not answer: it was stopped, or the tunnel to it is down.',
      'When the tunnel is up again, this page reconnects by itself. If Inferometer was stopped, start it again and open the new address that it prints.',
      { final: false },
    );
  }
}
