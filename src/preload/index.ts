/** Runs in the sandboxed window before the page does; built as one CommonJS file, the only form that a sandbox loads. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { exposeBridge } from './bridge.ts';

exposeBridge({ contextBridge, ipcRenderer, webUtils, page: window, argv: process.argv });
