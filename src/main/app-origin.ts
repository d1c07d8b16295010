import type { CustomScheme } from 'electron';

export const appScheme = 'app';
const appHost = 'inferometer';

/** The one origin that pages of this application have. */
export const appOrigin = `${appScheme}://${appHost}`;
export const startAddress = `${appOrigin}/`;

/**
 * Makes the scheme behave like https, `bypassCSP` left out. Has to be registered before Electron is ready, and is what
 * keeps file:// with its rights out of the window.
 */
export const privilegedScheme: CustomScheme = {
  scheme: appScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

/** Whether an address belongs to the application. Compared after parsing: a text can look like the origin and not be it. */
export function isAppUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${appScheme}:` && host === appHost && username === '' && password === '';
}
