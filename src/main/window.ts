import type { BrowserWindow, BrowserWindowConstructorOptions, Display, WebPreferences } from 'electron';
import { startAddress } from './app-origin.ts';
import { placeWindow, readWindowState, saveWindowState, smallestWindow } from './window-state.ts';

export interface WindowOptions {
  createWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  webPreferences: WebPreferences;
  displays: readonly Pick<Display, 'workArea'>[];
  /** Where its size and position are kept. */
  stateFile: string;
  /** Icon where the system does not take it from the package. */
  icon: string;
  isDark: boolean;
}

/** Backgrounds of both themes, shown until the page has painted. */
const background = { dark: '#0E1116', light: '#FFFFFF' };

/** Opens the window where it was left and shows it when there is something to see. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { createWindow, webPreferences, displays, stateFile, icon, isDark } = options;
  const { maximized, ...bounds } = placeWindow(readWindowState(stateFile), displays);
  const window = createWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Inferometer',
    backgroundColor: isDark ? background.dark : background.light,
    icon,
    webPreferences,
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    saveWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  void window.loadURL(startAddress);
  return window;
}

/** Brings a window to the front, wherever it is. */
export function reveal(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
