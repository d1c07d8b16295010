import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './resources.ts';

/** False in a clone, where the sources run. */
export const isInstalled = fileURLToPath(import.meta.url).startsWith(path.join(packageRoot, 'dist') + path.sep);

/** How the command line is started here: a clone puts nothing on PATH. */
export const invocation = isInstalled ? 'inferometer' : 'npm run -s inferometer --';
