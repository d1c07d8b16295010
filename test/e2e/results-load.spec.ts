import type { Page } from '@playwright/test';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { expect, openPath, test } from './support/test.ts';

test.use({ scenario: 'load-runs' });

/** The name of a row begins with its model. Rows far down a list do not exist until they are scrolled to. */
async function openResult(screens: Page, name: RegExp): Promise<void> {
  await openPath(screens, `/measure/results?model=${name.source.split(' ')[0]!}`);
  await screens
    .getByRole('grid', { name: 'Results, newest first' })
    .getByRole('row', { name })
    .getByRole('link')
    .click();
  await expect(screens).toHaveURL(/\/measure\/results\/run_\w+\.\d+$/);
}

const panel = (screens: Page) => screens.getByRole('tabpanel');
const confirmed = /mobilenet-v2 cpu · 172\/s VALID/;
const batched = /mobilenet-v2 cpu · 300\/s, batches to 8 within 5 ms/;
const pause = /mobilenet-v2 cpu · batch 1 · pause 100 ms/;
const text = /tiny-gpt cpu · batch 1 · 128 \+ 64 tokens/;
const start = /resnet50 cpu · batch 1 · cold start/;
const instances = /mobilenet-v2 cpu · batch 1 · 1 thread · 4 instances · offline/;

test('a server shows what callers waited for, and whether the load was what was asked for', async ({ screens }) => {
  await openResult(screens, batched);
  await expect(screens.getByText('p99 latency from arrival')).toBeVisible();
  const waited = screens.getByRole('table', { name: 'What callers waited for' });
  await expect(waited.getByRole('rowheader')).toHaveText([/^Latency/, /^Queue delay/, /^Service time/]);
  await expect(panel(screens)).toContainText('Offered rate');
  await expect(panel(screens)).toContainText('Generator lateness');
  await expect(screens.getByRole('img', { name: /calls with .* queries on average/ })).toBeVisible();
  await checkAccessible(screens);
});

test('a search for a rate shows the highest confirmed and the lowest failed one', async ({ screens }) => {
  await openResult(screens, confirmed);
  await screens.getByRole('tab', { name: 'Rates' }).click();
  await expect(panel(screens)).toContainText(/Highest confirmed rate172/);
  await expect(panel(screens)).toContainText(/Lowest failed rate175/);
  await expect(
    screens.getByRole('img', { name: /172 queries\/s is confirmed|171\.6 queries\/s is confirmed/ }),
  ).toBeVisible();
  await checkAccessible(screens);
  const steps = screens.getByRole('table', { name: 'Rates that were tried' }).getByRole('row');
  await expect(steps).toHaveCount(9);
  await steps.nth(4).getByRole('link', { name: 'Open' }).click();
  await expect(screens.getByRole('heading', { level: 1 })).toHaveText('mobilenet-v2 · cpu · 175/s · trial');
  await expect(screens.getByRole('tab', { name: 'Rates' })).toHaveAttribute('aria-selected', 'true');
});

test('pauses are drawn against latency, with how well they were kept', async ({ screens }) => {
  await openResult(screens, pause);
  await expect(screens.getByRole('img', { name: /after a pause of 0 ms, .* after one of 1000 ms/ })).toBeVisible();
  await expect(panel(screens)).toContainText('699 pauses');
  await checkAccessible(screens);
});

test('generated text has its first token and those after it apart, by the length of the prompt', async ({
  screens,
}) => {
  await openResult(screens, text);
  await expect(screens.getByRole('img', { name: /Time to first token/ })).toBeVisible();
  await expect(screens.getByRole('img', { name: /Prefill: .* after 512 tokens/ })).toBeVisible();
  await expect(screens.getByText('Decode', { exact: true })).toBeVisible();
  await expect(panel(screens)).toContainText('the same tokens');
  await checkAccessible(screens);
});

test('a cold start shows its stages, beside those of the other models', async ({ screens }) => {
  await openResult(screens, start);
  await expect(screens.getByText('p50 time to first answer')).toBeVisible();
  await expect(screens.getByRole('img', { name: /bert-base .* session creation 931 ms/ })).toBeVisible();
  await expect(panel(screens)).toContainText('64 fresh processes');
  await checkAccessible(screens);
});

test('instances show what they gain together and whether each gets its share', async ({ screens }) => {
  await openResult(screens, instances);
  await expect(screens.getByText('Throughput of 4 instances')).toBeVisible();
  await expect(screens.getByRole('img', { name: /Throughput by instances/ })).toBeVisible();
  await expect(panel(screens)).toContainText("Jain's index 0.999");
  await expect(screens.getByRole('table', { name: 'Instance by instance' }).getByRole('row')).toHaveCount(5);
  await checkAccessible(screens);
});

test('measuring again begins with the plan of that one configuration', async ({ screens }) => {
  await openResult(screens, batched);
  await screens.getByRole('link', { name: 'Measure again' }).click();
  await expect(screens.getByRole('radio', { name: 'Server' })).toBeChecked();
  await expect(screens.getByLabel('Rates that I give')).toBeChecked();
  await expect(screens.getByLabel('Largest batch')).toHaveValue('8');
  await expect(screens.getByRole('region', { name: 'Configurations', exact: true })).toContainText('300/s');
  await expect(screens).toHaveURL(/\/measure\/new$/);
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  for (const [name, row, tab] of [
    ['server', batched, 'Server'],
    ['rates', confirmed, 'Rates'],
    ['pauses', pause, 'Pauses'],
    ['tokens', text, 'Tokens'],
    ['cold-start', start, 'Cold start'],
    ['instances', instances, 'Instances'],
  ] as const) {
    test(`a result: ${name}`, async ({ screens }) => {
      await openResult(screens, row);
      await screens.getByRole('tab', { name: tab }).click();
      await expect(panel(screens).getByRole('img').first()).toBeVisible();
      await expect(screens.getByRole('button', { name: 'Delete the run' })).toBeVisible();
      await checkSnapshot(screens, `result-${name}`);
    });
  }
});
