import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { exposeBridge, type PageWindow, type PreloadParts } from '../../../src/preload/bridge.ts';
import {
  desktopBridgeName,
  desktopChannels,
  portMessage,
  portRequest,
  type DesktopBridge,
} from '../../../src/shared/desktop.ts';

const origin = 'app://inferometer';

function load() {
  const exposed = new Map<string, DesktopBridge>();
  const sent: unknown[][] = [];
  const posted: unknown[][] = [];
  const listeners: ((event: { data: unknown; origin: string; source: unknown }) => void)[] = [];
  const page: PageWindow = {
    location: { origin },
    postMessage: (...args) => posted.push(args),
    addEventListener: (_type, listener) => listeners.push(listener),
  };
  const ipcRenderer = Object.assign(new EventEmitter(), {
    send: (...args: unknown[]) => sent.push(args),
    invoke: (...args: unknown[]) => {
      sent.push(args);
      return Promise.resolve('/models/chosen.onnx');
    },
  });
  exposeBridge({
    contextBridge: { exposeInMainWorld: (name: string, api: DesktopBridge) => exposed.set(name, api) },
    ipcRenderer: ipcRenderer as unknown as PreloadParts['ipcRenderer'],
    webUtils: { getPathForFile: (file) => `/dropped/${file.name}` },
    page,
    argv: ['electron', '--inferometer-version=1.2.3', '--other'],
  });
  const [[name, bridge] = []] = [...exposed];
  if (bridge === undefined) throw new Error('nothing was exposed');
  const receive = (data: unknown, from: string, source: unknown): void => {
    for (const listener of listeners) listener({ data, origin: from, source });
  };
  return { exposed, name, bridge, page, sent, posted, receive, ipcRenderer };
}

describe('the preload script', () => {
  it('exposes one object with five functions or values, none of them a way to send anything', () => {
    const { exposed, name, bridge } = load();
    expect([exposed.size, name]).toEqual([1, desktopBridgeName]);
    expect(Object.keys(bridge).toSorted()).toEqual([
      'chooseDataFile',
      'chooseModelFile',
      'onCommand',
      'pathOf',
      'setTheme',
      'version',
    ]);
    expect(bridge.version).toBe('1.2.3');
  });

  it('asks for a port when the page does', () => {
    const { page, sent, receive } = load();
    receive(portRequest, origin, page);
    expect(sent).toEqual([[desktopChannels.port]]);
  });

  it('does not when a frame, another origin or another message asks', () => {
    const { page, sent, receive } = load();
    receive(portRequest, origin, { frame: true });
    receive(portRequest, origin, null);
    receive(portRequest, 'https://evil.example', page);
    receive('inferometer:other', origin, page);
    receive({ portRequest }, origin, page);
    expect(sent).toEqual([]);
  });

  it('hands the port to the page of its own origin alone', () => {
    const { posted, ipcRenderer } = load();
    const ports = [{}];
    ipcRenderer.emit(desktopChannels.port, { ports });
    expect(posted).toEqual([[portMessage, origin, ports]]);
  });

  it('passes on commands of the menu without the event, and nothing else', () => {
    const { bridge, ipcRenderer } = load();
    const heard: unknown[][] = [];
    bridge.onCommand((...args) => heard.push(args));
    ipcRenderer.emit(desktopChannels.command, { sender: ipcRenderer }, 'new-run');
    ipcRenderer.emit(desktopChannels.command, { sender: ipcRenderer }, 'format-disk');
    expect(heard).toEqual([['new-run']]);
  });

  it('chooses files, knows where a dropped one lies, and sets the theme', async () => {
    const { bridge, sent } = load();
    expect(await bridge.chooseModelFile()).toBe('/models/chosen.onnx');
    expect(bridge.pathOf(new File([], 'model.onnx'))).toBe('/dropped/model.onnx');
    bridge.setTheme('dark');
    expect(sent).toEqual([[desktopChannels.chooseModelFile], [desktopChannels.theme, 'dark']]);
  });
});
