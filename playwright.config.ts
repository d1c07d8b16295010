import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** The Chromium that drew the pictures; another one draws the same letters with other edges. */
const picturesMajor = readFileSync(new URL('test/e2e/snapshots/chromium-major.txt', import.meta.url), 'utf8').trim();

/** scripts/end-to-end.ts finds or installs it; without, Playwright looks for its own. */
const {
  INFEROMETER_CHROMIUM: chromium,
  INFEROMETER_CHROMIUM_MAJOR: major,
  INFEROMETER_E2E_OUTPUT: output,
} = process.env;

/**
 * End-to-end tests: one suite, in a browser tab against the web host and in the desktop application. Started by
 * `npm run check -- build e2e`, which knows what can run on this machine.
 */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: output ?? join(tmpdir(), 'inferometer-e2e'),
  // Two, for machines with two processors; measurements have a lock of their own in each.
  workers: 2,
  timeout: 60_000,
  forbidOnly: true,
  retries: 0,
  reporter: 'list',
  // A picture that is missing fails; --update-snapshots takes it.
  updateSnapshots: 'none',
  snapshotPathTemplate: '{testDir}/snapshots/{projectName}/{arg}{ext}',
  // Other systems draw the same fonts with other edges.
  ignoreSnapshots: process.platform !== 'linux',
  expect: {
    timeout: 10_000,
    // A changed letter is about 18 pixels, a changed word 200; two pictures of one page by one Chromium differ in none.
    // By another one only what moved, went or came is told apart.
    toHaveScreenshot: {
      animations: 'disabled',
      caret: 'hide',
      scale: 'css',
      threshold: 0.2,
      ...(major === picturesMajor ? { maxDiffPixels: 15 } : { maxDiffPixelRatio: 0.01 }),
    },
  },
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'UTC',
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'],
    },
  },
  projects: [{ name: 'web' }, { name: 'desktop', grepInvert: /@web/ }],
});
