import type {
  BrowserWindow,
  Dialog,
  IpcMain,
  IpcMainEvent,
  IpcMainInvokeEvent,
  NativeTheme,
  OpenDialogOptions,
} from 'electron';
import { settingsSchema, type Settings } from '../shared/domain/settings.ts';
import { desktopChannels } from '../shared/desktop.ts';
import { isOwnPage } from './sender.ts';

export interface DesktopFunctionsOptions {
  ipcMain: Pick<IpcMain, 'on' | 'handle'>;
  dialog: Pick<Dialog, 'showOpenDialog'>;
  nativeTheme: Pick<NativeTheme, 'themeSource'>;
  /** The window that dialogs belong to. */
  window: () => BrowserWindow | null;
  log: (line: string) => void;
}

/** Carries out what the page asks of the desktop itself (DesktopBridge in src/shared/desktop.ts). */
export function serveDesktopFunctions({ ipcMain, dialog, nativeTheme, window, log }: DesktopFunctionsOptions): void {
  const refuse = (event: IpcMainEvent | IpcMainInvokeEvent, what: string): boolean => {
    if (isOwnPage(event)) return false;
    log(`Refused ${what} to ${event.senderFrame?.url ?? 'a frame that is gone'}.`);
    return true;
  };
  const serveDialog = (channel: string, options: OpenDialogOptions): void => {
    ipcMain.handle(channel, async (event: IpcMainInvokeEvent): Promise<string | null> => {
      if (refuse(event, 'a dialog')) return null;
      const parent = window();
      const { canceled, filePaths } = await (parent === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(parent, options));
      return canceled ? null : (filePaths[0] ?? null);
    });
  };
  const allFiles = { name: 'All files', extensions: ['*'] };
  serveDialog(desktopChannels.chooseModelFile, {
    title: 'Import a model',
    buttonLabel: 'Import',
    properties: ['openFile'],
    filters: [{ name: 'ONNX models', extensions: ['onnx'] }, allFiles],
  });
  serveDialog(desktopChannels.chooseDataFile, {
    title: 'Choose inputs',
    buttonLabel: 'Choose',
    properties: ['openFile'],
    filters: [{ name: 'Arrays and tables', extensions: ['npz', 'npy', 'csv'] }, allFiles],
  });
  ipcMain.on(desktopChannels.theme, (event: IpcMainEvent, theme: unknown) => {
    if (refuse(event, 'a theme')) return;
    const parsed = settingsSchema.shape.theme.safeParse(theme);
    if (parsed.success) nativeTheme.themeSource = parsed.data satisfies Settings['theme'];
    else log('Refused a theme that does not exist.');
  });
}
