/**
 * For `node --import`: puts an Electron in place that has no second instance to be, and writes down what the built
 * main process asks of it until then.
 */
import { registerHooks } from 'node:module';

const source = `
const say = (line) => process.stdout.write(line + '\\n');
export const app = {
  enableSandbox: () => say('sandbox'),
  commandLine: { getSwitchValue: () => '' },
  setPath: (name) => say('path of ' + name),
  requestSingleInstanceLock: () => false,
  quit: () => say('quit'),
};
export const protocol = { registerSchemesAsPrivileged: ([{ scheme }]) => say('scheme ' + scheme) };
export const dialog = { showErrorBox: (_title, text) => say(text) };
export const crashReporter = {}, ipcMain = {}, Menu = {}, nativeTheme = {}, powerMonitor = {}, screen = {};
export const session = {}, shell = {}, utilityProcess = {};
export class BrowserWindow {}
export class MessageChannelMain {}
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : next(specifier, context),
});
