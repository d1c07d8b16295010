import { desktopBridgeName, type DesktopBridge } from '../../shared/desktop.ts';

/** What the desktop window adds; null in a browser. */
export const desktop: DesktopBridge | null =
  (globalThis as { [desktopBridgeName]?: DesktopBridge })[desktopBridgeName] ?? null;
