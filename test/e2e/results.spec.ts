import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { expect, openPath, test } from './support/test.ts';

const history = (screens: Page) => screens.getByRole('grid', { name: 'Results, newest first' });
const rowOf = (screens: Page, name: RegExp) => history(screens).getByRole('row', { name });

async function openResult(screens: Page, name: RegExp): Promise<void> {
  await openPath(screens, '/measure/results');
  await rowOf(screens, name).getByRole('link').click();
  await expect(screens).toHaveURL(/\/measure\/results\/run_\w+\.\d+$/);
}

const sweep = /resnet50 cpu · batch 8 /;
const threeProcesses = /mobilenet-v2/;
const invalid = /bert-base cpu/;
const crashed = /bert-base webgpu/;
const refused = /bert-base cuda/;

test('an empty history says what to do next', async ({ screens }) => {
  await openPath(screens, '/measure/results');
  await expect(screens.getByText('Nothing has been measured yet.')).toBeVisible();
  await checkAccessible(screens);
  await screens.getByRole('main').getByRole('link', { name: 'New run' }).click();
  await expect(screens).toHaveURL(/\/measure\/new$/);
});

test.describe('the history', () => {
  test.use({ scenario: 'finished-runs' });

  test('lists every configuration, newest run first, whatever came of it', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    const models = history(screens).getByRole('row').getByRole('link');
    await expect(models).toHaveText([
      ...Array<string>(3).fill('bert-base'),
      ...Array<string>(5).fill('resnet50'),
      'mobilenet-v2',
    ]);
    await expect(history(screens)).toHaveAttribute('aria-rowcount', '10');
    await expect(rowOf(screens, invalid)).toContainText('INVALID');
    await expect(rowOf(screens, crashed)).toContainText('engine crashed');
    await expect(rowOf(screens, threeProcesses)).toContainText('292.0');
    await expect(screens.getByRole('status').filter({ hasText: '9 configurations' })).toBeVisible();
    await checkAccessible(screens);
  });

  test('keeps its filters in the address, counts what passes, and clears them in one click', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    await screens.getByRole('combobox', { name: 'Model' }).click();
    await screens.getByRole('option', { name: 'resnet50' }).click();
    await screens.getByRole('combobox', { name: 'Verdict' }).click();
    await screens.getByRole('option', { name: 'VALID', exact: true }).click();
    await expect(screens).toHaveURL(/model=resnet50/);
    await expect(screens).toHaveURL(/verdict=VALID/);
    await expect(screens.getByText('3 configurations')).toBeVisible();
    await screens.reload();
    await expect(screens.getByText('3 configurations')).toBeVisible();
    await screens.getByRole('button', { name: 'Clear 2 filters' }).click();
    await expect(screens.getByText('9 configurations')).toBeVisible();
    await expect(screens).toHaveURL(/\/measure\/results$/);
  });

  test('says when nothing passes', async ({ screens }) => {
    await openPath(screens, '/measure/results?state=timed-out');
    await expect(screens.getByText('No result passes these filters.')).toBeVisible();
    await screens.getByRole('button', { name: 'Show all results' }).click();
    await expect(history(screens)).toBeVisible();
  });

  test('is operated by the keyboard alone', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    await history(screens).focus();
    await screens.keyboard.press('End');
    await screens.keyboard.press('ArrowUp');
    const active = await history(screens).getAttribute('aria-activedescendant');
    await expect(screens.locator(`[id="${active}"]`)).toHaveAttribute('aria-rowindex', '9');
    await screens.keyboard.press('Space');
    await screens.keyboard.press('ArrowUp');
    await screens.keyboard.press('Space');
    await expect(history(screens).getByRole('row', { selected: true })).toHaveCount(2);
    await screens.keyboard.press('Enter');
    await expect(screens.getByRole('heading', { level: 1 })).toHaveText('resnet50 · cpu · batch 8');
  });

  test('draws the batch curve of what is chosen', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    await rowOf(screens, /resnet50 cpu · batch 1 /)
      .getByRole('gridcell')
      .first()
      .click();
    await expect(screens.getByText('A batch curve needs two batch sizes')).toBeVisible();
    await rowOf(screens, sweep).getByRole('gridcell').first().click();
    await screens.getByRole('button', { name: 'Batch curve' }).click();
    await expect(screens.getByRole('img', { name: /largest throughput .* at batch size 8/ })).toBeVisible();
    await checkAccessible(screens);
  });

  test('deletes a run after saying what goes with it', async ({ screens }) => {
    await openResult(screens, sweep);
    await screens.getByRole('link', { name: 'All results of the run' }).click();
    await expect(screens.getByText('5 configurations', { exact: true })).toBeVisible();
    await screens.getByRole('button', { name: 'Delete the run' }).click();
    await expect(screens.getByText('The run goes with its 5 configurations')).toBeVisible();
    await screens.getByRole('button', { name: 'Keep' }).click();
    await expect(screens.getByText('5 configurations', { exact: true })).toBeVisible();
    await screens.getByRole('button', { name: 'Delete the run' }).click();
    await screens.getByRole('button', { name: 'Delete for good' }).click();
    await expect(screens.getByText('4 configurations')).toBeVisible();
  });

  test('hands a run out as a file, or writes it and says where', async ({ screens }) => {
    await openResult(screens, sweep);
    await screens.getByRole('button', { name: 'Export the run' }).click();
    const downloading = screens.waitForEvent('download');
    await screens.getByRole('menuitem', { name: /^CSV/ }).first().click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^run_\w{16}\.csv$/);
    const text = await readFile(await download.path(), 'utf8');
    expect(text.trimEnd().split('\r\n')).toHaveLength(6);
    await screens.getByRole('button', { name: 'Export the run' }).click();
    await screens
      .getByRole('menuitem', { name: /^JSONL/ })
      .last()
      .click();
    const written = await screens.getByText(/^Written to/).textContent();
    const path = /^Written to (.*) on the machine/.exec(written ?? '')?.[1] ?? '';
    expect((await readFile(path, 'utf8')).startsWith('{')).toBe(true);
  });
});

test.describe('10,000 results', { tag: '@web' }, () => {
  test.use({ scenario: 'many-runs' });
  // Storing them takes a while.
  test.describe.configure({ timeout: 180_000 });

  test('exist as a few rows, and the oldest is reached by the keyboard', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    await history(screens).focus();
    await expect(async () => {
      await screens.keyboard.press('End');
      await expect(screens.getByText('10,000 configurations', { exact: true })).toBeVisible({ timeout: 200 });
    }).toPass({ intervals: [100] });
    await screens.keyboard.press('End');
    await expect(history(screens)).toHaveAttribute('aria-rowcount', '10001');
    const active = await history(screens).getAttribute('aria-activedescendant');
    await expect(screens.locator(`[id="${active}"]`)).toHaveAttribute('aria-rowindex', '10001');
    expect(await history(screens).getByRole('row').count()).toBeLessThan(60);
  });
});

test.describe('a result', () => {
  test.use({ scenario: 'finished-runs' });

  test('shows four readings with intervals and kinds, and the command that repeats it', async ({ screens }) => {
    await openResult(screens, threeProcesses);
    await expect(screens.getByText('Every condition of the method is met.')).toBeVisible();
    for (const label of ['p50 latency', 'p90 latency', 'p99 latency', 'Throughput']) {
      const reading = screens.getByText(label, { exact: true }).first().locator('..');
      await expect(reading).toContainText(/ – [\d.,]+.*measured/);
    }
    await expect(screens.getByLabel('The command that repeats this result')).toContainText(
      'inferometer run mobilenet-v2',
    );
    await expect(screens.getByRole('img')).toHaveCount(2);
    await checkAccessible(screens);
  });

  test('says first why it is invalid and what to do', async ({ screens }) => {
    await openResult(screens, invalid);
    const verdict = screens.getByRole('region', { name: 'Verdict' });
    await expect(verdict).toContainText('these numbers are no result');
    await expect(verdict).toContainText('Warm-up ended without three windows in a row');
    await expect(verdict).toContainText('measure again');
    await checkAccessible(screens);
  });

  test('keeps its tab and process in the address', async ({ screens }) => {
    await openResult(screens, threeProcesses);
    await screens.getByRole('tab', { name: 'Over time' }).click();
    await screens.getByRole('radio', { name: '1' }).focus();
    await screens.keyboard.press('ArrowRight');
    await expect(screens).toHaveURL(/tab=time&process=1$/);
    await screens.reload();
    await expect(screens.getByRole('tab', { name: 'Over time' })).toHaveAttribute('aria-selected', 'true');
    await expect(screens.getByRole('radio', { name: '2' })).toBeChecked();
  });

  for (const tab of ['Over time', 'Stages', 'Batch curve', 'Environment', 'Raw']) {
    test(`has no serious violation of accessibility in "${tab}"`, async ({ screens }) => {
      await openResult(screens, sweep);
      await screens.getByRole('tab', { name: tab }).click();
      await expect(screens.getByRole('tabpanel', { name: tab })).not.toBeEmpty();
      await checkAccessible(screens);
    });
  }

  test('hands out its raw samples', async ({ screens }) => {
    await openResult(screens, sweep);
    await screens.getByRole('tab', { name: 'Raw' }).click();
    await expect(screens.getByText('900 samples')).toBeVisible();
    const downloading = screens.waitForEvent('download');
    await screens.getByRole('button', { name: 'Samples as CSV' }).click();
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines[0]).toBe('Query,Scheduled (ns),Issued (ns),Completed (ns),Latency (ns)');
    expect(lines).toHaveLength(901);
  });

  test('of an engine that crashed shows how it ended and what it wrote last', async ({ screens }) => {
    await openResult(screens, crashed);
    await expect(screens.getByText('The engine process ended by the signal SIGSEGV')).toBeVisible();
    await expect(screens.getByText('dawn: device lost while compiling a shader')).toBeVisible();
    await checkAccessible(screens);
  });

  test('that was refused shows why and what to do', async ({ screens }) => {
    await openResult(screens, refused);
    await expect(screens.getByText('The provider CUDA does not work here')).toBeVisible();
    await expect(screens.getByText('Install the NVIDIA driver')).toBeVisible();
  });

  test('that does not exist is one sentence', async ({ screens }) => {
    await openPath(screens, '/measure/results/nothing');
    await expect(screens.getByText('There is no result nothing')).toBeVisible();
    await checkAccessible(screens);
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs', clock: 'frozen' });

  test('the history', async ({ screens }) => {
    await openPath(screens, '/measure/results');
    await expect(history(screens).getByRole('row')).toHaveCount(10);
    await checkSnapshot(screens, 'results');
  });

  for (const [name, row, tab] of [
    ['valid', threeProcesses, 'Distribution'],
    ['invalid', invalid, 'Over time'],
    ['batches', sweep, 'Batch curve'],
    ['crashed', crashed, null],
  ] as const) {
    test(`a result: ${name}`, async ({ screens }) => {
      await openResult(screens, row);
      if (tab !== null) {
        await screens.getByRole('tab', { name: tab }).click();
        await expect(screens.getByRole('tabpanel').getByRole('img').first()).toBeVisible();
      }
      await expect(screens.getByRole('button', { name: 'Delete the run' })).toBeVisible();
      await checkSnapshot(screens, `result-${name}`);
    });
  }
});
