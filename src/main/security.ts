import type { App, Session, WebContents, WebPreferences } from 'electron';
import { versionArgument } from '../shared/desktop.ts';
import { appOrigin, isAppUrl } from './app-origin.ts';
import { parseExternalLink } from './external-links.ts';

/** Rights of every window, all said: a default that changes must not change them. */
export function createWebPreferences(preload: string, version: string): WebPreferences {
  return {
    preload,
    // The only thing that the preload script has to be told.
    additionalArguments: [`${versionArgument}${version}`],
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    // Its dictionaries would be fetched from the network.
    spellcheck: false,
  };
}

/** A page may put text on the clipboard, for its copy buttons. Every other permission is denied. */
const grantedPermission = 'clipboard-sanitized-write';

/** What of a session can be restricted. */
export type RestrictedSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
> & { webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> };

/** Denies what pages could ask the session for: permissions, devices, the network, and files that are not their own. */
export function restrictSession(session: RestrictedSession): void {
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl, isMainFrame }) => {
    decide(permission === grantedPermission && isMainFrame && isAppUrl(requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === grantedPermission && isAppUrl(origin),
  );
  session.setDevicePermissionHandler(() => false);
  // The policy of the page says so already; this also holds for what Chromium asks for by itself.
  session.webRequest.onBeforeRequest({ urls: ['<all_urls>'] }, ({ url }, decide) => {
    decide({ cancel: !isLocal(url) });
  });
  session.on('will-download', (event, item) => {
    const address = item.getURL();
    if (!isAppUrl(address) && !address.startsWith(`blob:${appOrigin}/`)) event.preventDefault();
  });
}

/** Keeps every window on the application's own page. What leads elsewhere goes to `openExternal`, if it may go at all. */
export function restrictContents(app: Pick<App, 'on'>, openExternal: (link: string) => void): void {
  const openLink = (address: string): void => {
    const link = parseExternalLink(address);
    if (link !== null) openExternal(link);
  };
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-navigate', (event) => {
      if (isAppUrl(event.url)) return;
      event.preventDefault();
      openLink(event.url);
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openLink(url);
      return { action: 'deny' };
    });
  });
}

/** Addresses that lead to no network. */
function isLocal(address: string): boolean {
  return isAppUrl(address) || /^(blob|data|devtools):/.test(address);
}
