import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as Electron from 'electron';
import { createApiContext } from '../core/api/context.ts';
import { createCore } from '../core/create-core.ts';
import { engineEntryPath, packageRoot, resourcePath, screensFolder } from '../core/resources.ts';
import { openScreenFiles } from '../core/screens/screen-files.ts';
import { resolveDataDirectory } from '../core/storage/data-directory.ts';
import { desktopChannels } from '../shared/desktop.ts';
import { InferometerError } from '../shared/errors.ts';
import { appScheme, privilegedScheme } from './app-origin.ts';
import { serveDesktopFunctions } from './desktop-functions.ts';
import { createMenuTemplate } from './menu.ts';
import { createPortBroker } from './port-broker.ts';
import { createQuit } from './quit.ts';
import { createScreensHandler } from './screens-protocol.ts';
import { createWebPreferences, restrictContents, restrictSession } from './security.ts';
import { createUtilitySpawner } from './utility-spawner.ts';
import { openWindow, reveal } from './window.ts';

/** What of Electron the application uses. */
export type ElectronParts = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'crashReporter'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeTheme'
  | 'powerMonitor'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>;

export interface DesktopOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Sends SIGTERM and the like: the process itself. */
  signals: Pick<NodeJS.EventEmitter, 'on'>;
  log: (line: string) => void;
  /** Folder of the built screens, and another lock than the machine's, for tests. */
  screens?: string;
  lockPath?: string;
}

/**
 * Starts the desktop application. What has to happen before Electron is ready happens before this returns its promise;
 * an entry module must not wait for that promise, because Electron waits for the module.
 */
export async function startDesktop(electron: ElectronParts, options: DesktopOptions): Promise<void> {
  try {
    const root = prepare(electron, options);
    if (root === null) return;
    await electron.app.whenReady();
    await open(electron, options, root);
  } catch (error) {
    reportFailedStart(electron, error);
  }
}

/** Everything up to "ready". Returns the data directory, or null where another instance has it open. */
function prepare({ app, crashReporter, protocol }: ElectronParts, { environment }: DesktopOptions): string | null {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([privilegedScheme]);
  const flag = app.commandLine.getSwitchValue('data-dir');
  const { root } = resolveDataDirectory({ flag, env: environment });
  // What Chromium keeps lies with the rest, and the single instance is one per data directory.
  const userData = path.join(root, 'desktop');
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath('userData', userData);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  // Reports of native crashes stay on this machine.
  crashReporter.start({ uploadToServer: false });
  return root;
}

async function open(electron: ElectronParts, options: DesktopOptions, root: string): Promise<void> {
  const { app, BrowserWindow, dialog, ipcMain, MessageChannelMain, nativeTheme, powerMonitor, screen, shell } =
    electron;
  const { environment, log, lockPath } = options;
  const screens = await openScreenFiles(options.screens ?? screensFolder());
  const spawn = createUtilitySpawner(electron.utilityProcess.fork, engineEntryPath());
  const core = createCore({ dataDirectory: root, environment, spawn, invocation: null });
  const context = createApiContext(core, {
    lockPath,
    onDefect: (error) => log(`Defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });

  const { defaultSession } = electron.session;
  restrictSession(defaultSession);
  const openExternal = (link: string): void => {
    shell.openExternal(link).catch((error: unknown) => log(`No program opened ${link}: ${String(error)}`));
  };
  restrictContents(app, openExternal);
  defaultSession.protocol.handle(appScheme, createScreensHandler(screens));
  nativeTheme.themeSource = core.storage.settings.get().theme;

  let window: Electron.BrowserWindow | null = null;
  const broker = createPortBroker({ ipcMain, createChannel: () => new MessageChannelMain(), context, log });
  serveDesktopFunctions({ ipcMain, dialog, nativeTheme, window: () => window, log });
  const quit = createQuit({
    app,
    dialog,
    isMeasuring: () => context.sessions.isMeasuring(),
    async end() {
      await context.sessions.close();
      broker[Symbol.dispose]();
      core[Symbol.dispose]();
    },
    log,
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) options.signals.on(name, () => quit.now());
  // Asks the system to wait; the typings of this event lack its argument.
  powerMonitor.on('shutdown', (event?: Partial<Electron.Event>) => {
    event?.preventDefault?.();
    quit.now();
  });

  app.setAboutPanelOptions({ applicationName: 'Inferometer', applicationVersion: core.app.version });
  setMenu(electron, root, () => window);
  window = openWindow({
    createWindow: (windowOptions) => new BrowserWindow(windowOptions),
    webPreferences: createWebPreferences(path.join(packageRoot, 'dist', 'preload', 'index.cjs'), core.app.version),
    displays: screen.getAllDisplays(),
    stateFile: path.join(app.getPath('userData'), 'window.json'),
    icon: resourcePath('icons', 'window.png'),
    isDark: nativeTheme.shouldUseDarkColors,
  });
  quit.guard(window);
  window.once('closed', () => {
    window = null;
  });
  app.on('second-instance', () => {
    if (window !== null) reveal(window);
  });
}

function setMenu({ Menu, dialog, shell }: ElectronParts, root: string, window: () => Electron.BrowserWindow | null) {
  const template = createMenuTemplate({
    platform: process.platform,
    send: (command) => window()?.webContents.send(desktopChannels.command, command),
    showLicence() {
      const detail = readFileSync(path.join(packageRoot, 'LICENSE'), 'utf8');
      const box = { type: 'info' as const, title: 'Licence', message: 'Inferometer', detail, buttons: ['Close'] };
      const parent = window();
      void (parent === null ? dialog.showMessageBox(box) : dialog.showMessageBox(parent, box));
    },
    openDataDirectory: () => void shell.openPath(root),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** One sentence what happened and one what to do, in a window of the system: there is no page to show them. */
function reportFailedStart({ app, dialog }: ElectronParts, error: unknown): void {
  const text =
    error instanceof InferometerError
      ? `${error.message}\n\n${error.remedy}`
      : `A defect of Inferometer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  dialog.showErrorBox('Inferometer cannot start', text);
  app.exit(1);
}
