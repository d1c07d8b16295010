/**
 * Gives a child process of Node the port that Electron's utility process has, then loads the module named by its first
 * argument: the engine cannot tell the difference.
 */
import { pathToFileURL } from 'node:url';

const parentPort = {
  postMessage: (message: unknown) => process.send?.(message),
  on: (_event: 'message', listener: (event: { data: unknown }) => void) =>
    process.on('message', (data) => listener({ data })),
};
Object.assign(process, { parentPort });
process.on('disconnect', () => process.exit(0));

await import(pathToFileURL(process.argv[2] ?? '').href);
