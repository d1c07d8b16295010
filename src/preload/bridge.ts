import type { ContextBridge, IpcRenderer, IpcRendererEvent, WebUtils } from 'electron';
import {
  desktopBridgeName,
  desktopChannels,
  desktopCommands,
  portMessage,
  portRequest,
  versionArgument,
  type DesktopBridge,
  type DesktopCommand,
} from '../shared/desktop.ts';

/** What of the page's window is used. */
export interface PageWindow {
  location: { origin: string };
  postMessage(message: unknown, targetOrigin: string, transfer?: IpcRendererEvent['ports']): void;
  addEventListener(type: 'message', listener: (event: PageMessage) => void): void;
}

interface PageMessage {
  data: unknown;
  origin: string;
  source: unknown;
}

export interface PreloadParts {
  contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>;
  ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on' | 'send'>;
  webUtils: Pick<WebUtils, 'getPathForFile'>;
  page: PageWindow;
  argv: readonly string[];
}

/**
 * Puts the bridge on the page's window and forwards ports to it. The page gets functions for five purposes and no way
 * to send anything else: neither a channel's name nor an event of Electron passes through.
 */
export function exposeBridge({ contextBridge, ipcRenderer, webUtils, page, argv }: PreloadParts): void {
  const bridge: DesktopBridge = {
    version: argv.find((argument) => argument.startsWith(versionArgument))?.slice(versionArgument.length) ?? '',
    pathOf: (file) => webUtils.getPathForFile(file as File),
    chooseModelFile: () => ipcRenderer.invoke(desktopChannels.chooseModelFile) as Promise<string | null>,
    chooseDataFile: () => ipcRenderer.invoke(desktopChannels.chooseDataFile) as Promise<string | null>,
    setTheme: (theme) => ipcRenderer.send(desktopChannels.theme, theme),
    onCommand(listener) {
      ipcRenderer.on(desktopChannels.command, (_event: IpcRendererEvent, command: unknown) => {
        if (isCommand(command)) listener(command);
      });
    },
  };
  contextBridge.exposeInMainWorld(desktopBridgeName, bridge);

  page.addEventListener('message', ({ data, origin, source }) => {
    // A frame could send the same; only the page itself has this window as its source.
    if (source === page && origin === page.location.origin && data === portRequest) {
      ipcRenderer.send(desktopChannels.port);
    }
  });
  ipcRenderer.on(desktopChannels.port, ({ ports }: IpcRendererEvent) => {
    page.postMessage(portMessage, page.location.origin, ports);
  });
}

function isCommand(value: unknown): value is DesktopCommand {
  return desktopCommands.some((command) => command === value);
}
