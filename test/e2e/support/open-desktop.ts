import { _electron } from '@playwright/test';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { desktopEntry, findElectron } from './electron.ts';

export interface DesktopWindow extends AsyncDisposable {
  page: Page;
}

/** Starts the desktop application on a data directory and waits for its window. */
export async function openDesktop(dataDirectory: string): Promise<DesktopWindow> {
  const executablePath = findElectron();
  if (executablePath === null) throw new Error("Electron's program is not installed here: run npx install-electron.");
  const application = await _electron.launch({
    executablePath,
    // Chromium's own sandbox needs a user namespace, which containers and root do not have.
    args: [...(process.platform === 'linux' ? ['--no-sandbox'] : []), desktopEntry],
    env: {
      ...process.env,
      INFEROMETER_DATA_DIR: dataDirectory,
      INFEROMETER_LOCK: join(dataDirectory, 'measuring.lock'),
    },
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  return { page: await application.firstWindow(), [Symbol.asyncDispose]: () => application.close() };
}
