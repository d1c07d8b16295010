import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is turned away: the status, and one sentence for whoever reads it. */
export interface Refusal {
  status: number;
  reason: string;
}

/** The secrets of one launch. */
export interface Access {
  /** For the address that is printed once; whoever opens it gets the cookie. */
  token: string;
  /** A token that is good once, within a minute. */
  createSingleUseToken(): string;
  /** True for the token of this launch, and for a single-use token the first time. */
  admits(token: string): boolean;
  /** Value of the Set-Cookie header. */
  setCookie(port: number): string;
  /** null: the request comes from the page that this server served, with its cookie. */
  refuse(request: IncomingMessage, port: number): Refusal | null;
}

const singleUseMs = 60_000;

export function createAccess(now: () => number = () => performance.now()): Access {
  const token = createSecret();
  const singleUse = new Map<string, number>();
  // Not the token itself: that stands in an address, which ends up in histories and process lists.
  const secret = createSecret();
  return {
    token,
    createSingleUseToken() {
      const created = createSecret();
      singleUse.set(created, now() + singleUseMs);
      return created;
    },
    admits(given) {
      if (isSame(given, token)) return true;
      const match = [...singleUse].find(([candidate]) => isSame(given, candidate));
      if (match === undefined) return false;
      const [used, expiresAt] = match;
      singleUse.delete(used);
      return now() <= expiresAt;
    },
    setCookie: (port) => `${cookieName(port)}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
    refuse(request, port) {
      if (isSame(readCookie(request, cookieName(port)), secret)) return null;
      return {
        status: 401,
        reason: 'Not signed in: open the address that inferometer printed when it started, token included.',
      };
    },
  };
}

/**
 * Where a request may come from. A name other than the loopback's means that somebody made their name point here (DNS
 * rebinding). The port is left open, because a forwarded port has another number on the other side. An Origin must be
 * that of this very page: another program on a port of this machine is as foreign as the internet.
 */
export function refuseForeign(request: IncomingMessage): Refusal | null {
  const { host, origin } = request.headers;
  if (host === undefined || !/^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host)) {
    return { status: 421, reason: 'This server answers to 127.0.0.1 and localhost only.' };
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, reason: 'The request comes from another page.' };
  }
  return null;
}

/** Browsers name the origin of whatever changes something or opens a socket; a request without one is no page's. */
export function refuseWithoutOrigin({ headers }: IncomingMessage): Refusal | null {
  return headers.origin === undefined ? { status: 403, reason: 'The request names no origin.' } : null;
}

/** Cookies are shared by all ports of a host: the name keeps two servers on one machine apart. */
function cookieName(port: number): string {
  return `inferometer-${port}`;
}

function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

function isSame(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

function readCookie({ headers }: IncomingMessage, name: string): string {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
