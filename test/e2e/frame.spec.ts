import { checkAccessible } from './support/check-accessible.ts';
import { expect, test } from './support/test.ts';

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
