import type { WebFrameMain } from 'electron';
import { isAppUrl } from './app-origin.ts';

/** What of an event from a window says who sent it. */
export interface SentByFrame {
  /** null: the frame has navigated away or is gone. */
  senderFrame: Pick<WebFrameMain, 'url' | 'parent'> | null;
}

/** Whether a message comes from the page of the application itself, and not from a frame inside it or another page. */
export function isOwnPage({ senderFrame }: SentByFrame): boolean {
  return senderFrame !== null && senderFrame.parent === null && isAppUrl(senderFrame.url);
}
