import { desktop } from './desktop.ts';

/**
 * Has the browser ask before the page is left, because the host stops what the page has asked for; the returned function
 * lets it go again. The words are the browser's own. The desktop application asks by itself before its window closes.
 */
export function holdPage(): () => void {
  if (desktop !== null) return () => undefined;
  const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
  globalThis.addEventListener('beforeunload', ask);
  return () => globalThis.removeEventListener('beforeunload', ask);
}
