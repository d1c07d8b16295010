import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { contract } from '../../src/shared/contract/index.ts';

export type Client = ContractRouterClient<typeof contract>;

/** What a page has after it opened the address of the web host. */
export interface SignedInPage {
  origin: string;
  cookie: string;
  /** Calls an operation of the contract, such as `runs/start`. */
  call(operation: string, input: unknown): Promise<Response>;
}

/** Trades the token of an address for the cookie, as a browser does. */
export async function signIn(url: string): Promise<SignedInPage> {
  const { origin } = new URL(url);
  const response = await fetch(url, { redirect: 'manual' });
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return {
    origin,
    cookie,
    call: (operation, input) =>
      fetch(`${origin}/api/${operation}`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json' },
        body: JSON.stringify({ json: input }),
      }),
  };
}

/** The socket of a page with a client of the contract over it. */
export async function openSocket({ origin, cookie }: SignedInPage): Promise<{ client: Client; socket: WebSocket }> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { origin, headers: { cookie } });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })) };
}
