import type { Page } from '@playwright/test';
import { lockDatabase } from '../support/lock-database.ts';
import { shortPlan } from '../support/short-plan.ts';
import { checkAccessible } from './support/check-accessible.ts';
import { expect, openPath, test } from './support/test.ts';

test.describe('the address that was printed', { tag: '@web' }, () => {
  test('signs in, and its token leaves the address bar and the history', async ({ host, screens }) => {
    await expect(screens).toHaveURL((url) => url.origin === host.origin && url.search === '');
    await expect(screens).toHaveTitle(/Inferometer/);
    const { token } = Object.fromEntries(new URL(host.url).searchParams);
    expect(await screens.content()).not.toContain(token);
    await screens.goBack();
    expect(screens.url()).not.toContain(token);
  });

  test('admits one browser; another without the token is told what to open', async ({ host, screens, browser }) => {
    await screens.reload();
    await expect(screens).toHaveTitle(/Inferometer/);
    await using stranger = await browser.newContext();
    const page = await stranger.newPage();
    const answer = await page.goto(host.origin);
    expect(answer?.status()).toBe(401);
    await expect(page.locator('body')).toContainText('open the address that inferometer printed when it started');
  });

  test('with a wrong token shows the sentence of the server', async ({ host, page, watch }) => {
    watch.expectProblems(/status of 401/);
    const answer = await page.goto(`${host.origin}/?token=wrong`);
    expect(answer?.status()).toBe(401);
    await expect(page.locator('body')).toHaveText('The token is not that of this launch.');
    expect(host.log.join('\n')).not.toContain('wrong');
  });
});

test('an inline script is blocked by the policy of the page, and the watch of these tests sees it', async ({
  screens,
  watch,
}) => {
  await screens.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.head.append(script);
  });
  await expect.poll(() => watch.problems.some((line) => line.includes('Executing inline script violates'))).toBe(true);
  await expect(screens).toHaveTitle(/Inferometer/);
  watch.expectProblems(/Content Security Policy/);
});

test('the first page has no serious violation of accessibility', async ({ screens }) => {
  await expect(screens).toHaveTitle(/Inferometer/);
  await checkAccessible(screens);
});

test.describe('an address that somebody typed', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs' });

  const all = '/measure/results';
  for (const [typed, kept, shows] of [
    [`${all}?model=5`, `${all}?model=5`, 'No result passes these filters.'],
    [`${all}?model=true`, `${all}?model=true`, 'No result passes these filters.'],
    [`${all}?model=1e3`, `${all}?model=1e3`, 'No result passes these filters.'],
    [`${all}?model=resnet50&verdict=rubbish`, `${all}?model=resnet50`, '5 configurations'],
    [`${all}?model=[1,2]`, all, 'configurations'],
    [`${all}?model={"a":1}&state=5`, all, 'configurations'],
    [`${all}?verdict=rubbish`, all, 'configurations'],
    [`${all}?run=5`, all, 'configurations'],
    [`${all}?run=run_nonsense&provider=npu`, all, 'configurations'],
    ['/measure/models?import=5&text=7', '/measure/models?text=7', 'No model'],
    ['/measure/models/100%25', '/measure/models/100%25', '100%'],
    ['/measure/new?models=7&preset=5', '/measure/new', '7'],
    ['/settings?theme[]=x', '/settings', 'Appearance'],
    ['/measure/nowhere?x=1', '/measure/nowhere', 'The address leads nowhere.'],
  ] as const) {
    test(`opens its screen in the frame: ${typed}`, async ({ screens, watch }) => {
      if (typed.includes('100%')) watch.expectProblems(/status of 404/);
      await openPath(screens, typed);
      await expect(screens.getByRole('main')).toContainText(shows);
      await expect(screens).toHaveURL((url) => decodeURI(url.pathname + url.search) === decodeURI(kept));
      await expect(screens.getByRole('navigation', { name: 'Places' })).toBeVisible();
      await expect(
        screens
          .getByRole('main')
          .getByRole('alert')
          .filter({ hasText: /USAGE|foresaw/ }),
      ).toHaveCount(0);
    });
  }

  test('leaves a draft with which New run works, also where a broken one was kept', async ({ screens }) => {
    await screens.evaluate(() => sessionStorage.setItem('new-run', '{"state":{"models":"7"},"version":1}'));
    await openPath(screens, '/measure/new');
    await expect(screens.getByRole('main')).toContainText('Choose at least one model.');
    await openPath(screens, '/measure/new?models=mlp-tabular');
    await expect(screens.getByRole('main')).toContainText('inferometer run mlp-tabular');
  });
});

test('a screen that fails leaves the frame, and says what to do', { tag: '@web' }, async ({ screens, watch }) => {
  watch.expectProblems(/ERR_FAILED|dynamically imported module|settings-screen/);
  await screens.route(/settings-screen.*\.js/, (route) => route.abort());
  await openPath(screens, '/settings');
  const alert = screens.getByRole('main').getByRole('alert');
  await expect(alert).toContainText('The page failed in a way that nobody foresaw.');
  await expect(alert.getByRole('button', { name: 'Reload' })).toBeVisible();
  await screens.unroute(/settings-screen.*\.js/);
  await alert.getByRole('button', { name: 'Reload' }).click();
  await expect(screens.getByRole('heading', { name: 'Appearance' })).toBeVisible();
});

test.describe('the command palette', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs' });

  async function command(page: Page, words: string): Promise<void> {
    await expect(page.getByRole('navigation', { name: 'Places' })).toBeVisible();
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByPlaceholder('Search screens, models and actions').fill(words);
    // The first one is chosen.
    await expect(page.getByRole('dialog').getByRole('button').first()).toContainText(words);
    await page.keyboard.press('Enter');
  }

  test('opens from a field, which keeps what was typed', async ({ screens }) => {
    await openPath(screens, '/measure/models');
    const filter = screens.getByLabel('Filter models');
    await filter.pressSequentially('kk K');
    await expect(screens.getByPlaceholder('Search screens, models and actions')).toBeHidden();
    await screens.keyboard.press('ControlOrMeta+k');
    await expect(screens.getByPlaceholder('Search screens, models and actions')).toBeFocused();
    await screens.keyboard.press('Escape');
    await expect(filter).toBeFocused();
    await expect(filter).toHaveValue('kk K');
  });

  test('leads to each setting and to the import', async ({ screens }) => {
    await command(screens, 'Change the electricity tariff');
    await expect(screens.getByRole('group', { name: /tariff/i }).getByRole('textbox')).toBeFocused();
    await command(screens, 'Import a model by its path');
    await expect(screens.getByLabel('Path of an .onnx file')).toBeVisible();
  });

  test('leads from a result to where its run is exported and deleted', async ({ screens, host }) => {
    const [cell] = host.core.storage.cells.summaries({ limit: 1 });
    await openPath(screens, `/measure/results/${cell?.id}`);
    await expect(screens.getByRole('button', { name: 'Export the run' })).toBeVisible();
    await command(screens, 'Delete the run of this result');
    await expect(screens).toHaveURL(new RegExp(`results\\?run=${cell?.runId}$`));
    await expect(screens.getByRole('button', { name: 'Delete the run' })).toBeVisible();
  });

  test('says why a theme was not saved', async ({ screens, host }) => {
    await expect(screens.getByRole('heading', { level: 1 })).toBeVisible();
    await using _lock = await lockDatabase(host.core.directory.database);
    await command(screens, 'Theme: dark');
    const note = screens.getByRole('alert').filter({ hasText: 'Theme: dark' });
    await expect(note).toContainText(/locked by another process/);
    await note.getByRole('button', { name: 'Dismiss' }).click();
    await expect(note).toHaveCount(0);
  });

  test('asks before it cancels, as the button does, and resumes what was cancelled', async ({ screens, host }) => {
    const warmUp = { minRuns: 10, minS: 0.05, maxS: 0.2, tolerance: 0.5 };
    const plan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60, warmUp } });
    await host.context.sessions.start(plan);
    await expect(screens.getByRole('button', { name: 'Cancel', exact: true })).toBeVisible();
    await command(screens, 'Cancel the running measurement');
    const confirm = screens.getByRole('button', { name: 'Cancel the measurement' });
    await expect(confirm).toBeFocused();
    await screens.keyboard.press('Enter');
    await expect(screens.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(0);
    await command(screens, 'Resume the last unfinished run');
    await expect(screens).toHaveURL(/\/measure\/live$/);
    await expect(screens.getByRole('img', { name: /of the queries so far/ })).toBeVisible();
    await host.context.sessions.close();
  });
});
