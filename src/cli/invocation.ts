import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../core/resources.ts';

/** False in a clone, where the sources run. */
export const isInstalled = fileURLToPath(import.meta.url).startsWith(path.join(packageRoot, 'dist') + path.sep);

/** How this command line is started here: a clone puts nothing on PATH. */
export const invocation = isInstalled ? 'inferometer' : 'npm run -s inferometer --';

/** A stored command, which says "inferometer", as it can be typed here. */
export function toTypable(command: string): string {
  return command.replace(/^inferometer(?= )/, invocation);
}
