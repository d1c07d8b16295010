import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { portMessage, portRequest } from '../../shared/desktop.ts';
import { ConnectionRefused, type Connection } from './client.ts';

const patienceMs = 10_000;

/** Asks the desktop window's main process for a port and connects through it. Throws ConnectionRefused. */
export async function connectMessagePort(): Promise<Connection> {
  const port = await receivePort();
  // The other end closes with the application, and this page with it; nothing tells of it in between.
  const closed = new Promise<void>((resolve) => {
    port.addEventListener('close', () => resolve(), { once: true });
  });
  const client = createORPCClient<Connection['client']>(new RPCLink({ port }));
  port.start();
  return { client, closed };
}

function receivePort(): Promise<MessagePort> {
  const { promise, resolve, reject } = Promise.withResolvers<MessagePort>();
  const onMessage = (event: MessageEvent): void => {
    const [port] = event.ports;
    if (event.source !== window || event.data !== portMessage || port === undefined) return;
    resolve(port);
  };
  const timer = setTimeout(() => {
    reject(
      new ConnectionRefused('The application did not answer its window.', 'Close the window and start it again.', {
        final: false,
      }),
    );
  }, patienceMs);
  window.addEventListener('message', onMessage);
  window.postMessage(portRequest, window.origin);
  return promise.finally(() => {
    clearTimeout(timer);
    window.removeEventListener('message', onMessage);
  });
}
