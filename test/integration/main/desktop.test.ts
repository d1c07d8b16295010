import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { BrowserWindowConstructorOptions, CustomScheme, MenuItemConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCore } from '../../../src/core/create-core.ts';
import { startDesktop, type ElectronParts } from '../../../src/main/desktop.ts';
import type { contract } from '../../../src/shared/contract/index.ts';
import { desktopChannels } from '../../../src/shared/desktop.ts';
import { screensFolder } from '../../support/screens.ts';
import { shortPlan } from '../../support/short-plan.ts';
import {
  AppDouble,
  createChannel,
  createDouble,
  createFrame,
  IpcDouble,
  WindowDouble,
} from '../../unit/main/doubles.ts';
import { forkUtility } from './fork-utility.ts';

type Client = ContractRouterClient<typeof contract>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'desktop-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Everything of Electron that the application uses, over Node. `order` tells what happened before "ready". */
function createElectron({ isFirst = true, answers = [] as number[] } = {}) {
  const app = new AppDouble();
  const order: string[] = [];
  const paths = new Map<string, string>();
  const windows: { window: WindowDouble; options: BrowserWindowConstructorOptions }[] = [];
  const ipc = new IpcDouble();
  const errors: string[] = [];
  const asked: string[] = [];
  let menu: MenuItemConstructorOptions[] = [];
  let schemes: CustomScheme[] = [];
  let handler: ((request: Request) => Promise<Response>) | null = null;
  Object.assign(app, {
    enableSandbox: () => order.push('sandbox'),
    commandLine: { getSwitchValue: () => '' },
    setPath: (name: string, value: string) => paths.set(name, value),
    getPath: (name: string) => paths.get(name),
    requestSingleInstanceLock: () => isFirst,
    whenReady: () => {
      order.push('ready');
      return Promise.resolve();
    },
    setAboutPanelOptions: () => undefined,
  });
  const createSession = () => ({
    setPermissionRequestHandler: () => order.push('permissions'),
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
    webRequest: { onBeforeRequest: () => undefined },
    protocol: {
      handle: (_scheme: string, given: NonNullable<typeof handler>) => {
        handler = given;
      },
    },
  });
  class BrowserWindow extends WindowDouble {
    constructor(options: BrowserWindowConstructorOptions) {
      super();
      order.push('window');
      windows.push({ window: this, options });
      app.windows.push(this);
    }
  }
  const parts = {
    app,
    BrowserWindow,
    crashReporter: {
      start: ({ uploadToServer }: { uploadToServer: boolean }) => order.push(`crashes ${uploadToServer}`),
    },
    dialog: {
      showErrorBox: (_title: string, text: string) => errors.push(text),
      showMessageBox: (_parent: unknown, { message }: { message: string }) => {
        asked.push(message);
        return Promise.resolve({ response: answers.shift() ?? 1 });
      },
    },
    ipcMain: ipc,
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => {
        menu = template;
      },
    },
    // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Electron's is a class, whose instances are pairs.
    MessageChannelMain: class {
      constructor() {
        Object.assign(this, createChannel());
      }
    },
    nativeTheme: { themeSource: 'system', shouldUseDarkColors: true },
    powerMonitor: new EventEmitter(),
    protocol: { registerSchemesAsPrivileged: (given: CustomScheme[]) => (schemes = given) },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }] },
    session: { defaultSession: createDouble(createSession()) },
    shell: { openExternal: () => Promise.resolve(), openPath: () => Promise.resolve('') },
    utilityProcess: { fork: forkUtility },
  };
  const electron: unknown = parts;
  return {
    electron: electron as ElectronParts,
    app,
    order,
    windows,
    ipc,
    errors,
    asked,
    paths,
    parts,
    menu: () => menu,
    schemes: () => schemes,
    load: (url: string) => handler?.(new Request(url)),
  };
}

const signals = new EventEmitter();
const log: string[] = [];

async function start(double: ReturnType<typeof createElectron>): Promise<void> {
  await startDesktop(double.electron, {
    environment: { INFEROMETER_DATA_DIR: folder },
    signals,
    log: (line) => log.push(line),
    screens: screensFolder,
    lockPath: path.join(folder, 'lock'),
  });
}

/** The page is loaded: it asks for its port and connects. */
function connect({ ipc }: ReturnType<typeof createElectron>): { client: Client; port: MessagePort } {
  const { frame, received } = createFrame('app://inferometer/');
  ipc.emit(desktopChannels.port, { sender: { id: 1 }, senderFrame: frame });
  const port = received[0]?.port;
  if (port === undefined) throw new Error('no port came');
  const client: Client = createORPCClient(new RPCLink({ port }));
  port.start();
  return { client, port };
}

const longPlan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60 } });

async function untilMeasured(client: Client): Promise<void> {
  for await (const message of await client.runs.progress()) {
    if (message.type === 'progress' && message.progress.stage === 'measured') return;
  }
}

async function untilOver({ app }: ReturnType<typeof createElectron>): Promise<void> {
  await vi.waitFor(() => expect(app.isOver).toBe(true), { timeout: 10_000 });
}

describe('the desktop application', () => {
  it('restricts everything before there is a window, and has its scheme before Electron is ready', async () => {
    const double = createElectron();
    const started = start(double);
    expect(double.order).toEqual(['sandbox', 'crashes false', 'ready']);
    expect(double.schemes()[0]?.privileges).not.toHaveProperty('bypassCSP');
    await started;
    expect(double.order.slice(3)).toEqual(['permissions', 'window']);
    expect(double.paths.get('userData')).toBe(path.join(folder, 'desktop'));
    double.app.quit();
    await untilOver(double);
  });

  it('shows the screens in a sandboxed window, with the menu and the theme of the settings', async () => {
    {
      using core = createCore({ dataDirectory: folder });
      core.storage.settings.update({ theme: 'dark' });
    }
    const double = createElectron();
    await start(double);
    const [{ window, options } = {}] = double.windows;
    expect(options?.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(options?.webPreferences?.preload).toMatch(/dist.preload.index\.cjs$/);
    const page = await double.load(window?.address ?? '');
    expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(double.parts.nativeTheme.themeSource).toBe('dark');
    const file = double.menu().find(({ label }) => label === '&File')?.submenu as MenuItemConstructorOptions[];
    (file.find(({ id }) => id === 'new-run')?.click as () => void)();
    expect(window?.sent).toEqual([[desktopChannels.command, 'new-run']]);
    double.app.quit();
    await untilOver(double);
  });

  it('measures in a utility process, and asks before the window closes meanwhile', async () => {
    const double = createElectron({ answers: [1, 0] });
    await start(double);
    const { client } = connect(double);
    // The package brings no command line, so that the screens must not show one.
    expect((await client.settings.get()).commandLine).toBeNull();
    const { runId } = await client.runs.start({ plan: longPlan });
    await untilMeasured(client);
    const [{ window } = {}] = double.windows;
    if (window === undefined) throw new Error('there is no window');

    double.app.closeWindow(window);
    await vi.waitFor(() => expect(double.asked).toHaveLength(1));
    expect((await client.runs.get({ runId })).run.state).toBe('running');

    double.app.closeWindow(window);
    await untilOver(double);
    expect(double.asked).toHaveLength(2);
    using core = createCore({ dataDirectory: folder });
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
    expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  it('stores the measurement without a question when the system ends it', async () => {
    const double = createElectron();
    await start(double);
    const { client } = connect(double);
    const { runId } = await client.runs.start({ plan: longPlan });
    await untilMeasured(client);
    signals.emit('SIGTERM');
    await untilOver(double);
    expect(double.asked).toEqual([]);
    using core = createCore({ dataDirectory: folder });
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
  });

  it('gives way to the instance that has the data directory open, which comes to the front', async () => {
    const second = createElectron({ isFirst: false });
    await start(second);
    expect([second.app.isOver, second.windows]).toEqual([true, []]);
    const first = createElectron();
    await start(first);
    first.app.emit('second-instance');
    expect(first.windows[0]?.window.calls).toEqual(['restore', 'show', 'focus']);
    first.app.quit();
    await untilOver(first);
  });

  it('says in two sentences why it cannot start', async () => {
    await writeFile(path.join(folder, 'inferometer.sqlite'), 'this is no database');
    const double = createElectron();
    await start(double);
    expect(double.errors).toHaveLength(1);
    expect(double.errors[0]).toContain('inferometer.sqlite');
    expect(double.errors[0]?.split('\n\n')).toHaveLength(2);
    expect([double.app.exitCode, double.windows]).toEqual([1, []]);
  });
});
