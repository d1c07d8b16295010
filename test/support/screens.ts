import { fileURLToPath } from 'node:url';

/** A folder as a build of the screens leaves it, with a page that does nothing. */
export const screensFolder = fileURLToPath(new URL('../fixtures/screens', import.meta.url));
