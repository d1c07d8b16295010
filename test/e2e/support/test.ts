import { test as base, type Page } from '@playwright/test';
import type { RunSession } from '../../../src/shared/domain/run-session.ts';
import type { ScenarioId } from '../scenarios/registry.ts';
import { createDataDirectories, type DataDirectories } from './data-directories.ts';
import { startHost, type RunningHost } from './host.ts';
import { openDesktop } from './open-desktop.ts';
import { watchPage, type PageWatch } from './watch-page.ts';

export { expect } from '@playwright/test';

/** Pictures are taken at this moment, shortly after the last stored run. */
const frozenAt = new Date('2026-01-05T10:00:00.000Z');

interface Options {
  /** What the data directory holds. */
  scenario: ScenarioId;
  /** "fixed": the same machine, providers and cost of the harness everywhere. Web only; a desktop window sees the real ones. */
  machine: 'fixed' | 'real';
  /** A measurement that stands still; null: the host measures by itself. Web only. */
  session: RunSession | null;
  /** "frozen": it is always 5 January 2026, 10:00 UTC, for the page. */
  clock: 'frozen' | 'running';
}

interface Fixtures {
  dataDirectory: string;
  /** null in the desktop project. */
  webHost: RunningHost | null;
  /** The web host of this test, in this process; for tests tagged @web. */
  host: RunningHost;
  /** Errors that the page reported; a test fails when any is left. */
  watch: PageWatch;
  /** The screens in a browser tab or in a desktop window, signed in, at the start. */
  screens: Page;
}

/** Tests of the screens. Tag @web what needs the web host or its doubles; everything else runs on the desktop too. */
export const test = base.extend<Options & Fixtures, { dataDirectories: DataDirectories }>({
  scenario: ['empty', { option: true }],
  machine: ['fixed', { option: true }],
  session: [null, { option: true }],
  clock: ['running', { option: true }],

  dataDirectories: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing.
    async ({}, use) => {
      await using directories = await createDataDirectories();
      await use(directories);
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  dataDirectory: async ({ dataDirectories, scenario }, use) => {
    await use(await dataDirectories.create(scenario));
  },

  webHost: async ({ dataDirectory, machine, session }, use, { project }) => {
    const host = project.name === 'desktop' ? null : await startHost({ dataDirectory, machine, session });
    await use(host);
    await host?.close();
  },

  host: async ({ webHost }, use) => {
    if (webHost === null) throw new Error('A test that asks for the web host has to be tagged @web.');
    await use(webHost);
  },

  page: async ({ dataDirectory, context }, use, { project }) => {
    if (project.name === 'desktop') {
      await using window = await openDesktop(dataDirectory);
      await use(window.page);
    } else {
      await use(await context.newPage());
    }
  },

  watch: async ({ page }, use) => {
    const watch = watchPage(page);
    await use(watch);
    base.expect(watch.problems, 'errors that the page reported').toEqual([]);
  },

  // After "watch", so that the first load is watched; after the host, so that it outlives the page.
  screens: async ({ webHost, page, watch: _, clock }, use) => {
    if (clock === 'frozen') await page.clock.setFixedTime(frozenAt);
    if (webHost !== null) await page.goto(webHost.url);
    await use(page);
  },
});

/** Opens a place of the application by its path, in either host. */
export async function openPath(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
}
