import type { IpcMain, IpcMainEvent, MessageChannelMain, MessagePortMain } from 'electron';
import { RPCHandler } from '@orpc/server/message-port';
import type { ApiContext } from '../core/api/context.ts';
import { router } from '../core/api/router.ts';
import { desktopChannels } from '../shared/desktop.ts';
import { isOwnPage } from './sender.ts';

export interface PortBrokerOptions {
  ipcMain: Pick<IpcMain, 'on'>;
  createChannel: () => MessageChannelMain;
  context: ApiContext;
  /** One line about a message that was turned away. */
  log: (line: string) => void;
}

/** Gives pages their connection to the API. Disposing it ends every one. */
export type PortBroker = Disposable;

/**
 * Answers each request of the application's own page with one end of a new channel, and serves the API on the other.
 * A window has one port at a time: when its page is loaded again, the old one is closed, which ends its streams.
 */
export function createPortBroker({ ipcMain, createChannel, context, log }: PortBrokerOptions): PortBroker {
  const handler = new RPCHandler(router);
  const ports = new Map<number, MessagePortMain>();
  let closed = false;

  ipcMain.on(desktopChannels.port, (event: IpcMainEvent) => {
    const { sender, senderFrame } = event;
    if (!isOwnPage(event) || senderFrame === null) {
      log(`Refused a port to ${senderFrame?.url ?? 'a frame that is gone'}.`);
      return;
    }
    if (closed) return;
    ports.get(sender.id)?.close();
    const { port1: ours, port2: theirs } = createChannel();
    ports.set(sender.id, ours);
    ours.on('close', () => {
      if (ports.get(sender.id) === ours) ports.delete(sender.id);
    });
    handler.upgrade(ours, { context });
    ours.start();
    // To the very frame that was checked: the window may be about to show another page.
    senderFrame.postMessage(desktopChannels.port, null, [theirs]);
  });

  return {
    [Symbol.dispose]() {
      closed = true;
      for (const port of ports.values()) port.close();
      ports.clear();
    },
  };
}
