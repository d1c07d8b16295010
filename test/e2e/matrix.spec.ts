import type { Page } from '@playwright/test';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { expect, openPath, test } from './support/test.ts';

const matrix = '/measure/matrix';
const map = (screens: Page) => screens.getByRole('grid', { name: /Which .* for the best/ });
const place = (screens: Page, name: RegExp) => map(screens).getByRole('gridcell', { name });
const answer = (screens: Page) => screens.getByRole('region', { name: 'Answer' });

test('without a run of several configurations it says what to do', async ({ screens }) => {
  await openPath(screens, matrix);
  await expect(screens.getByText('No run has several configurations yet.')).toBeVisible();
  await checkAccessible(screens);
  await screens.getByRole('main').getByRole('link', { name: 'New run' }).click();
  await expect(screens).toHaveURL(/\/measure\/new$/);
});

test.describe('a matrix', () => {
  test.use({ scenario: 'matrix-runs' });

  test('answers which configuration to choose, and opens its samples', async ({ screens }) => {
    await openPath(screens, matrix);
    await expect(answer(screens)).toContainText('resnet50-int8-static · 4 instances · batch 8');
    await expect(answer(screens)).toContainText('keeps p99 within 250 ms');
    await expect(map(screens).getByRole('columnheader')).toHaveText([/Instances/, '1', '2', '4', '8', '16', '32']);
    await expect(place(screens, /sweet spot/)).toHaveCount(1);
    await expect(screens.getByRole('img', { name: /Sweet spot: .*batch 8/ })).toBeVisible();
    await checkAccessible(screens);
    await answer(screens).getByRole('link', { name: 'samples' }).first().click();
    await expect(screens.getByRole('heading', { level: 1 })).toHaveText(/resnet50-int8-static .* 4 instances/);
  });

  test('says what was left out and why, and keeps what did not hold apart', async ({ screens }) => {
    await openPath(screens, `${matrix}?model=resnet50`);
    await expect(place(screens, /left out/)).toHaveCount(2);
    await expect(place(screens, /invalid/)).toHaveCount(1);
    await place(screens, /left out/)
      .first()
      .hover();
    await expect(screens.getByText(/Batch 16 already took longer/).first()).toBeVisible();
  });

  test('shows what its reader asks for, and keeps it in the address', async ({ screens }) => {
    await openPath(screens, matrix);
    await screens.getByLabel('Latency limit, ms').fill('40');
    await expect(answer(screens)).toContainText('keeps p99 within 40 ms');
    await expect(screens).toHaveURL(/limitMs=40/);
    await screens.getByText('Latency', { exact: true }).click();
    await expect(screens.getByRole('grid', { name: /best p99 latency/ })).toBeVisible();
    await screens.getByRole('combobox', { name: 'Down' }).click();
    await screens.getByRole('option', { name: 'Model' }).click();
    await expect(map(screens).getByRole('rowheader')).toHaveText(['resnet50', 'int8-static']);
    await screens.reload();
    await expect(map(screens).getByRole('rowheader')).toHaveText(['resnet50', 'int8-static']);
    await screens.getByLabel('Latency limit, ms').fill('');
    await expect(answer(screens)).not.toContainText('within');
    await screens.getByLabel('Latency limit, ms').fill('2');
    await expect(answer(screens)).toContainText('No configuration was shown to keep p99 within 2 ms.');
  });

  test('is walked through with the keyboard alone', async ({ screens }) => {
    await openPath(screens, matrix);
    await place(screens, /54\.25/)
      .getByRole('link')
      .focus();
    await screens.keyboard.press('ArrowDown');
    await screens.keyboard.press('End');
    await screens.keyboard.press('ArrowLeft');
    await expect(place(screens, /215\.4/).getByRole('link')).toBeFocused();
    await expect(screens.getByText(/batch 16 · 1 thread · 2 instances: 215\.4 samples\/s/)).toBeVisible();
    await screens.keyboard.press('Enter');
    await expect(screens.getByRole('heading', { level: 1 })).toHaveText(/batch 16 · 1 thread · 2 instances/);
  });

  test('lists every configuration, the best first', async ({ screens }) => {
    await openPath(screens, matrix);
    const rows = screens.getByRole('grid', { name: 'Configurations, best first' }).getByRole('row');
    await expect(rows.nth(1)).toContainText('sweet spot');
    await expect(rows.nth(2)).toContainText('on the front');
  });

  test('of a search shows the winner, what it gains over the defaults, and what was tried', async ({ screens }) => {
    await openPath(screens, matrix);
    await screens.getByRole('combobox', { name: 'Run' }).click();
    await screens.getByRole('option', { name: /mobilenet-v2/ }).click();
    await expect(answer(screens)).toContainText(
      'mobilenet-v2 · cpu · batch 8 · 1 thread · 2 instances is the best found',
    );
    await expect(answer(screens)).toContainText("Gain over ONNX Runtime's defaults");
    await expect(answer(screens)).toContainText('(defaults)');
    await expect(screens.getByRole('table', { name: 'Short trials in order' }).getByRole('row').nth(12)).toBeVisible();
    await checkAccessible(screens);
  });

  test('is reached from its run', async ({ screens }) => {
    await openPath(screens, '/measure/results?model=resnet50');
    await screens.getByRole('grid', { name: 'Results, newest first' }).getByRole('link').first().click();
    await screens.getByRole('link', { name: 'As a matrix' }).click();
    await expect(screens).toHaveURL(/\/measure\/matrix\?run=run_/);
    await expect(map(screens)).toBeVisible();
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ scenario: 'matrix-runs', clock: 'frozen' });

  test('the matrix', async ({ screens }) => {
    await openPath(screens, matrix);
    await expect(screens.getByRole('img', { name: /Pareto front/ })).toBeVisible();
    await checkSnapshot(screens, 'matrix');
  });

  test('a search for the best', async ({ screens }) => {
    await openPath(screens, matrix);
    await screens.getByRole('combobox', { name: 'Run' }).click();
    await screens.getByRole('option', { name: /mobilenet-v2/ }).click();
    await expect(answer(screens)).toContainText('is the best found');
    await checkSnapshot(screens, 'matrix-search');
  });
});
