import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { screensFolder } from '../../../src/core/resources.ts';
import { ensureChromium } from '../../browser/install-chromium.ts';
import type { PartOptions } from '../part.ts';

/** Window in which the screens are measured. */
export const viewport = { width: 1280, height: 800 };

/** A Chromium without a window. Throws when there is none, and when the screens that it would show are not built. */
export async function openChromium({ say }: Pick<PartOptions, 'say'>): Promise<Browser> {
  if (!existsSync(join(screensFolder(), 'index.html'))) throw new Error('The screens are not built: npm run build');
  const executablePath = await ensureChromium(say);
  // Not at the top: other parts need no browser.
  const { chromium } = await import('@playwright/test');
  return chromium.launch({ executablePath });
}
