import type { Locator, Page } from '@playwright/test';
import { showTheme } from './show-theme.ts';
import { expect } from './test.ts';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1600, height: 1000 },
];

export interface SnapshotOptions {
  /** What differs from run to run, such as the path of a temporary data directory. */
  mask?: Locator[];
}

/**
 * Compares the page with its committed pictures: two sizes of the window, light and dark. The page has to show what it
 * should before this is called; waiting for fonts and for pictures that stay the same is done here.
 */
export async function checkSnapshot(page: Page, name: string, { mask = [] }: SnapshotOptions = {}): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await showTheme(page, colorScheme);
      const picture = `${name}-${size.width}x${size.height}-${colorScheme}.png`;
      await expect.soft(page).toHaveScreenshot(picture, { mask, maskColor: '#808080' });
    }
  }
  await page.emulateMedia({ colorScheme: null });
}
