import type { App, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import {
  createWebPreferences,
  restrictContents,
  restrictSession,
  type RestrictedSession,
} from '../../../src/main/security.ts';
import { createDouble, createEvent } from './doubles.ts';

type Handlers = {
  request: NonNullable<Parameters<RestrictedSession['setPermissionRequestHandler']>[0]>;
  check: NonNullable<Parameters<RestrictedSession['setPermissionCheckHandler']>[0]>;
  device: NonNullable<Parameters<RestrictedSession['setDevicePermissionHandler']>[0]>;
  load: (details: { url: string }, decide: (answer: { cancel?: boolean }) => void) => void;
};

/** A session that is restricted, and the handlers that it was given. */
function restrict() {
  const handlers = {} as Handlers;
  const session = createDouble({
    setPermissionRequestHandler: (handler: Handlers['request']) => (handlers.request = handler),
    setPermissionCheckHandler: (handler: Handlers['check']) => (handlers.check = handler),
    setDevicePermissionHandler: (handler: Handlers['device']) => (handlers.device = handler),
    webRequest: { onBeforeRequest: (_filter: object, handler: Handlers['load']) => (handlers.load = handler) },
  });
  restrictSession(session as unknown as RestrictedSession);
  return { session, handlers };
}

const page: unknown = createDouble({});
const contents = page as WebContents;

describe('the rights of a window', () => {
  it('are those of a page in a browser', () => {
    const { preload, additionalArguments, ...rights } = createWebPreferences('/somewhere/preload.cjs', '1.2.3');
    expect([preload, additionalArguments]).toEqual(['/somewhere/preload.cjs', ['--inferometer-version=1.2.3']]);
    const on = Object.entries(rights)
      .filter(([, value]) => value !== false)
      .map(([name]) => name);
    expect(on.toSorted()).toEqual(['contextIsolation', 'sandbox', 'webSecurity']);
    expect(rights.nodeIntegration).toBe(false);
  });
});

describe('permissions', () => {
  function isGranted(permission: string, requestingUrl: string, isMainFrame: boolean): boolean {
    const { handlers } = restrict();
    let granted = true;
    const details = { requestingUrl, isMainFrame };
    handlers.request(contents, permission as 'media', (answer) => (granted = answer), details);
    return granted;
  }

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'usb', 'unknown'])(
    '%s is denied to everybody',
    (permission) => {
      expect(isGranted(permission, 'app://inferometer/', true)).toBe(false);
      const { handlers } = restrict();
      const details = { requestingUrl: 'app://inferometer/', isMainFrame: true } as Parameters<Handlers['check']>[3];
      expect(handlers.check(contents, permission as 'media', 'app://inferometer', details)).toBe(false);
    },
  );

  it('lets the own page, and it alone, copy text', () => {
    const permission = 'clipboard-sanitized-write';
    expect(isGranted(permission, 'app://inferometer/measure', true)).toBe(true);
    expect(isGranted(permission, 'app://inferometer/measure', false)).toBe(false);
    expect(isGranted(permission, 'https://example.org/', true)).toBe(false);
  });

  it('gives no device to anybody', () => {
    const { handlers } = restrict();
    expect(
      handlers.device({ deviceType: 'usb', origin: 'app://inferometer' } as Parameters<Handlers['device']>[0]),
    ).toBe(false);
  });
});

describe('what the session loads', () => {
  it.each([
    ['app://inferometer/assets/main.js', false],
    ['blob:app://inferometer/1234', false],
    ['data:image/png;base64,AAAA', false],
    ['devtools://devtools/bundled/inspector.html', false],
    ['https://example.org/', true],
    ['http://127.0.0.1:9000/', true],
    ['ws://127.0.0.1:9000/', true],
    ['file:///etc/passwd', true],
    ['app://elsewhere/', true],
  ])('%s: cancelled is %s', (url, cancelled) => {
    const { handlers } = restrict();
    let answer: { cancel?: boolean } = {};
    handlers.load({ url }, (given) => (answer = given));
    expect(answer.cancel).toBe(cancelled);
  });

  it.each([
    ['blob:app://inferometer/5f0c', false],
    ['app://inferometer/assets/report.html', false],
    ['https://example.org/setup.exe', true],
    ['blob:https://example.org/5f0c', true],
    ['data:text/csv,1', true],
  ])('a download of %s: held back is %s', (address, prevented) => {
    const { session } = restrict();
    const event = createEvent({});
    session.emit('will-download', event, { getURL: () => address });
    expect(event.isPrevented).toBe(prevented);
  });
});

describe('a window', () => {
  function open() {
    const app = createDouble({});
    const opened: string[] = [];
    let openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
    const page = createDouble({
      setWindowOpenHandler: (handler: typeof openHandler) => (openHandler = handler),
    });
    restrictContents(app as unknown as App, (link) => opened.push(link));
    app.emit('web-contents-created', {}, page);
    return { page, opened, openWindow: (url: string) => openHandler({ url }) };
  }

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('stays where it is at %s', (name) => {
    const { page } = open();
    const away = createEvent({ url: 'https://example.org/' });
    const file = createEvent({ url: 'file:///home/user/model.onnx' });
    const home = createEvent({ url: 'app://inferometer/measure' });
    for (const event of [away, file, home]) page.emit(name, event);
    expect([away.isPrevented, file.isPrevented, home.isPrevented]).toEqual([true, true, false]);
  });

  it('hands a followed link to the system once, and only one that is allowed', () => {
    const { page, opened } = open();
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'javascript:alert(1)']) {
      page.emit('will-navigate', createEvent({ url }));
      page.emit('will-frame-navigate', createEvent({ url }));
    }
    expect(opened).toEqual(['https://example.org/']);
  });

  it('opens no other window, and hands its link over by the same rule', () => {
    const { opened, openWindow } = open();
    const links = ['https://example.org/', 'app://inferometer/', 'file:///etc/passwd'];
    expect(links.map((link) => openWindow(link).action)).toEqual(['deny', 'deny', 'deny']);
    expect(opened).toEqual(['https://example.org/']);
  });

  it('takes in no page of another kind', () => {
    const { page } = open();
    const event = createEvent({});
    page.emit('will-attach-webview', event);
    expect(event.isPrevented).toBe(true);
  });
});
