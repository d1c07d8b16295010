import type { App, BrowserWindow, Dialog } from 'electron';

export interface QuitOptions {
  app: Pick<App, 'on' | 'quit' | 'exit'>;
  dialog: Pick<Dialog, 'showMessageBox'>;
  isMeasuring: () => boolean;
  /** Stores what is measured as cancelled and closes what is open; called once. */
  end: () => Promise<void>;
  /** How long that may take before the process ends without it; the run can then be resumed. */
  deadlineMs?: number;
  log: (line: string) => void;
}

export interface Quit {
  /** Asks before this window closes while something is measured. */
  guard(window: BrowserWindow): void;
  /** Ends the application without a question, for a system that shuts down or a signal. */
  now(): void;
}

const usualDeadlineMs = 10_000;
const stopMeasuring = 0;

/**
 * The way out: closing the window ends the application, a running measurement is asked about first, and the process
 * stays until it is stored.
 */
export function createQuit(options: QuitOptions): Quit {
  const { app, dialog, isMeasuring, end, deadlineMs = usualDeadlineMs, log } = options;
  let guarded: BrowserWindow | null = null;
  let isAsking = false;
  let isAgreed = false;
  let ending: Promise<void> | null = null;
  let isOver = false;

  const mayLeave = (): boolean => isAgreed || !isMeasuring();

  async function ask(): Promise<void> {
    if (isAsking || guarded === null) return;
    isAsking = true;
    try {
      const { response } = await dialog.showMessageBox(guarded, {
        type: 'question',
        title: 'Inferometer',
        message: 'A measurement is running.',
        detail: 'Closing stops it. What has been measured is kept, and the run can be resumed.',
        buttons: ['Stop and Close', 'Keep Measuring'],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      if (response !== stopMeasuring && isMeasuring()) return;
      isAgreed = true;
      app.quit();
    } finally {
      isAsking = false;
    }
  }

  const holdBack = (event: { preventDefault(): void }): void => {
    if (mayLeave()) return;
    event.preventDefault();
    void ask();
  };

  async function finish(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        log(`The measurement was not stored within ${deadlineMs / 1000} s; its run can be resumed.`);
        resolve();
      }, deadlineMs);
    });
    try {
      await Promise.race([end(), late]);
    } catch (error) {
      log(`Defect while closing: ${String(error)}`);
    }
    clearTimeout(timer);
    isOver = true;
    app.quit();
  }

  const now = (): void => {
    isAgreed = true;
    app.quit();
  };

  app.on('before-quit', holdBack);
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (isOver) return;
    event.preventDefault();
    ending ??= finish();
  });
  return {
    guard(window) {
      guarded = window;
      window.on('close', holdBack);
      // Windows ends the session of the user; it waits for nobody, and whatever is not stored in time is resumed later.
      window.on('session-end', now);
      window.once('closed', () => {
        if (guarded === window) guarded = null;
      });
    },
    now,
  };
}
