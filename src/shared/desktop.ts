/**
 * What a desktop window can do that a browser tab cannot. The preload script puts it on `window` under
 * `desktopBridgeName`; in the web host it is not there. Everything else goes through the one API.
 */
export interface DesktopBridge {
  /** Version of the application. */
  version: string;
  /** Absolute path of a `File` that was dropped on the window; a page is never told it otherwise. */
  pathOf(file: object): string;
  /** Lets the user choose a model in the system's dialog; null when the dialog was closed. */
  chooseModelFile(): Promise<string | null>;
  /** Lets the user choose a file with inputs; null when the dialog was closed. */
  chooseDataFile(): Promise<string | null>;
  /** Makes title bar, menus and dialogs follow the theme of the settings. */
  setTheme(theme: 'system' | 'light' | 'dark'): void;
  /** Called with what the user chose in the native menu. */
  onCommand(listener: (command: DesktopCommand) => void): void;
}

/** Entries of the native menu that a screen carries out. */
export const desktopCommands = ['new-run', 'import-model', 'settings', 'command-palette'] as const;
export type DesktopCommand = (typeof desktopCommands)[number];

export const desktopBridgeName = 'inferometerDesktop';

/** Data of the window message that carries one end of the API's MessagePort to the page. */
export const portMessage = 'inferometer:port';

/** Asks for such a port: sent by the page when it loads, so that a reload gets a fresh one. */
export const portRequest = 'inferometer:port-request';

/** Messages between the preload script and the main process; there are no others. */
export const desktopChannels = {
  /** The page asks for a port; the answer carries one end of it. */
  port: 'inferometer:port',
  chooseModelFile: 'inferometer:choose-model-file',
  chooseDataFile: 'inferometer:choose-data-file',
  theme: 'inferometer:theme',
  /** From the main process: an entry of the native menu was chosen. */
  command: 'inferometer:command',
} as const;

/** Argument of the window's process by which the preload script learns the application's version. */
export const versionArgument = '--inferometer-version=';
