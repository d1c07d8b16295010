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
