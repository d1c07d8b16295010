/**
 * Entry of Electron's main process, and the only module that loads Electron: outside of it that import would start a
 * download. Everything else gets Electron's objects as arguments and runs in Node as well.
 */
import {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { startDesktop } from './desktop.ts';

// A terminal that was closed takes no lines any more, which is no reason to show anybody an error.
process.stderr.on('error', () => undefined);

void startDesktop(
  {
    app,
    BrowserWindow,
    crashReporter,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain,
    nativeTheme,
    powerMonitor,
    protocol,
    screen,
    session,
    shell,
    utilityProcess,
  },
  {
    environment: process.env,
    signals: process,
    log: (line) => process.stderr.write(`${line}\n`),
  },
);
