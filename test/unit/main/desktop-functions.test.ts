import type { BrowserWindow, NativeTheme, OpenDialogOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { serveDesktopFunctions } from '../../../src/main/desktop-functions.ts';
import { desktopChannels } from '../../../src/shared/desktop.ts';
import { IpcDouble, WindowDouble } from './doubles.ts';

const ownPage = { senderFrame: { url: 'app://inferometer/', parent: null } };
const otherPage = { senderFrame: { url: 'https://evil.example/', parent: null } };

function serve(answer: { canceled: boolean; filePaths: string[] }, window: BrowserWindow | null = null) {
  const ipc = new IpcDouble();
  const nativeTheme: Pick<NativeTheme, 'themeSource'> = { themeSource: 'system' };
  const shown: unknown[][] = [];
  const log: string[] = [];
  const showOpenDialog = (...args: unknown[]) => {
    shown.push(args);
    return Promise.resolve(answer);
  };
  serveDesktopFunctions({
    ipcMain: ipc.asIpcMain,
    dialog: { showOpenDialog },
    nativeTheme,
    window: () => window,
    log: (line) => log.push(line),
  });
  const choose = (event: object): unknown => ipc.invoke(desktopChannels.chooseModelFile, event);
  const chooseData = (event: object): unknown => ipc.invoke(desktopChannels.chooseDataFile, event);
  const setTheme = (event: object, theme: unknown): boolean => ipc.emit(desktopChannels.theme, event, theme);
  return { choose, chooseData, setTheme, nativeTheme, shown, log };
}

describe('choosing a model', () => {
  it('answers with the one file that was chosen in a dialog of the window', async () => {
    const window = new WindowDouble().asWindow;
    const { choose, shown } = serve({ canceled: false, filePaths: ['/models/a.onnx'] }, window);
    expect(await choose(ownPage)).toBe('/models/a.onnx');
    const [[parent, options] = []] = shown;
    expect(parent).toBe(window);
    expect((options as OpenDialogOptions).properties).toEqual(['openFile']);
  });

  it('answers null when the dialog was closed', async () => {
    const { choose } = serve({ canceled: true, filePaths: [] });
    expect(await choose(ownPage)).toBeNull();
  });

  it('shows no dialog to another page', async () => {
    const { choose, shown, log } = serve({ canceled: false, filePaths: ['/models/a.onnx'] });
    expect(await choose(otherPage)).toBeNull();
    expect(shown).toEqual([]);
    expect(log.join()).toContain('https://evil.example/');
  });
});

it('a file with inputs is chosen among arrays and tables', async () => {
  const { chooseData, shown } = serve({ canceled: false, filePaths: ['/data/inputs.npz'] });
  expect(await chooseData(ownPage)).toBe('/data/inputs.npz');
  const [[options] = []] = shown;
  expect((options as OpenDialogOptions).filters?.[0]?.extensions).toEqual(['npz', 'npy', 'csv']);
});

describe('the theme', () => {
  it('of the system follows the settings of the own page', () => {
    const { setTheme, nativeTheme } = serve({ canceled: true, filePaths: [] });
    setTheme(ownPage, 'dark');
    expect(nativeTheme.themeSource).toBe('dark');
  });

  it.each([
    ['a theme that does not exist', ownPage, 'sepia'],
    ['no text', ownPage, { theme: 'dark' }],
    ['another page', otherPage, 'dark'],
  ])('stays as it is for %s', (_, event, theme) => {
    const { setTheme, nativeTheme, log } = serve({ canceled: true, filePaths: [] });
    setTheme(event, theme);
    expect(nativeTheme.themeSource).toBe('system');
    expect(log).toHaveLength(1);
  });
});
