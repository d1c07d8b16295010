import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { BrowserWindow, IpcMain, MessageChannelMain, MessagePortMain, WebFrameMain } from 'electron';

/** An emitter with some methods stands for an object of Electron; what a test does not give is not there to be used. */
export function createDouble(methods: object): EventEmitter {
  return Object.assign(new EventEmitter(), methods);
}

/** An event of Electron that can be held back. */
export function createEvent<T extends object>(properties: T) {
  return {
    ...properties,
    isPrevented: false,
    preventDefault() {
      this.isPrevented = true;
    },
  };
}

/** A port of the main process over a real one: messages wait until it is started, and come wrapped in an event. */
class PortDouble extends EventEmitter {
  readonly real: MessagePort;

  constructor(real: MessagePort) {
    super();
    this.real = real;
    real.on('close', () => this.emit('close'));
  }

  start(): void {
    this.real.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }

  postMessage(message: unknown): void {
    this.real.postMessage(message);
  }

  close(): void {
    this.real.close();
  }
}

export function createChannel(): MessageChannelMain {
  const { port1, port2 } = new MessageChannel();
  const channel: unknown = { port1: new PortDouble(port1), port2: new PortDouble(port2) };
  return channel as MessageChannelMain;
}

/** Calls what the main process has registered, as a message from a page does. */
export class IpcDouble extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();

  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    this.handlers.set(channel, handler);
  }

  invoke(channel: string, event: unknown, ...args: unknown[]): unknown {
    return this.handlers.get(channel)?.(event, ...args);
  }

  get asIpcMain(): IpcMain {
    return this as unknown as IpcMain;
  }
}

/** A page that can receive ports. */
export function createFrame(url: string, parent: WebFrameMain | null = null) {
  const received: { channel: string; port: MessagePort }[] = [];
  const frame = {
    url,
    parent,
    postMessage(channel: string, _message: unknown, ports: MessagePortMain[] = []) {
      for (const port of ports) received.push({ channel, port: (port as unknown as PortDouble).real });
    },
  };
  return { frame: frame as unknown as WebFrameMain, received };
}

/** A window that closes unless a listener holds it back. */
export class WindowDouble extends EventEmitter {
  readonly calls: string[] = [];
  bounds = { x: 10, y: 20, width: 1_000, height: 700 };
  isShown = false;
  isMax = false;
  address = '';
  readonly sent: unknown[][] = [];
  readonly webContents = { send: (...args: unknown[]) => this.sent.push(args) };

  loadURL(address: string): Promise<void> {
    this.address = address;
    return Promise.resolve();
  }

  show(): void {
    this.isShown = true;
    this.calls.push('show');
  }

  focus(): void {
    this.calls.push('focus');
  }

  restore(): void {
    this.calls.push('restore');
  }

  maximize(): void {
    this.isMax = true;
  }

  isMaximized(): boolean {
    return this.isMax;
  }

  isMinimized(): boolean {
    return true;
  }

  getNormalBounds(): object {
    return this.bounds;
  }

  /** What the button in the title bar does. */
  close(): boolean {
    const event = createEvent({});
    this.emit('close', event);
    if (!event.isPrevented) this.emit('closed');
    return !event.isPrevented;
  }

  get asWindow(): BrowserWindow {
    return this as unknown as BrowserWindow;
  }
}

/** An application that ends as Electron does: asks, closes its windows, announces the end, and is over. */
export class AppDouble extends EventEmitter {
  readonly windows: WindowDouble[] = [];
  isOver = false;
  exitCode: number | null = null;

  quit(): void {
    const asked = createEvent({});
    this.emit('before-quit', asked);
    if (asked.isPrevented) return;
    for (const window of [...this.windows]) this.closeWindow(window);
    if (this.windows.length > 0) return;
    const last = createEvent({});
    this.emit('will-quit', last);
    if (!last.isPrevented) this.isOver = true;
  }

  /** The user closes a window. */
  closeWindow(window: WindowDouble): void {
    if (!window.close()) return;
    this.windows.splice(this.windows.indexOf(window), 1);
  }

  exit(code: number): void {
    this.exitCode = code;
    this.isOver = true;
  }
}
