import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { showTheme } from './show-theme.ts';
import { expect, test } from './test.ts';

/** Finds no serious or critical violation of accessibility, in the light and in the dark theme. */
export async function checkAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await showTheme(page, colorScheme);
    const axe = new AxeBuilder({ page });
    // Electron cannot open the second page in which axe would put its results together.
    if (test.info().project.name === 'desktop') axe.setLegacyMode(true);
    const { violations } = await axe.analyze();
    const lines = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary ?? ''} ${html}`));
    expect.soft(lines, `violations in the ${colorScheme} theme`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}
