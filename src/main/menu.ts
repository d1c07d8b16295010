import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopCommand } from '../shared/desktop.ts';

export interface MenuActions {
  platform: NodeJS.Platform;
  /** Hands a command to the page. */
  send: (command: DesktopCommand) => void;
  showLicence: () => void;
  openDataDirectory: () => void;
}

interface CommandEntry {
  label: string;
  accelerator: string;
  /** The page listens to these keys itself; the menu only shows them. */
  isPages?: boolean;
}

const commands: Readonly<Record<DesktopCommand, CommandEntry>> = {
  'new-run': { label: 'New Run', accelerator: 'CmdOrCtrl+N' },
  'import-model': { label: 'Import Model…', accelerator: 'CmdOrCtrl+O' },
  settings: { label: 'Settings…', accelerator: 'CmdOrCtrl+,' },
  'command-palette': { label: 'Command Palette', accelerator: 'CmdOrCtrl+K', isPages: true },
};

/** The native menu: what the page can do, the editing that every text field needs, the view, and help. */
export function createMenuTemplate(actions: MenuActions): MenuItemConstructorOptions[] {
  const { platform, send, showLicence, openDataDirectory } = actions;
  const isMac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const entry = (command: DesktopCommand): MenuItemConstructorOptions => {
    const { label, accelerator, isPages = false } = commands[command];
    return { id: command, label, accelerator, registerAccelerator: !isPages, click: () => send(command) };
  };
  const applicationMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      entry('settings'),
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  return [
    ...(isMac ? [applicationMenu] : []),
    {
      label: '&File',
      submenu: [
        entry('new-run'),
        entry('import-model'),
        separator,
        { label: 'Open Data Directory', click: openDataDirectory },
        separator,
        ...(isMac ? [{ role: 'close' } as const] : [entry('settings'), separator, { role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        entry('command-palette'),
        separator,
        { role: 'reload' },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      submenu: [{ label: 'Licence', click: showLicence }, ...(isMac ? [] : [{ role: 'about' } as const])],
    },
  ];
}
