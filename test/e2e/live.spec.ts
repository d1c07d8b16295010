import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { Plan } from '../../src/shared/domain/plan.ts';
import { shortPlan } from '../support/short-plan.ts';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { countRedraws } from './support/count-redraws.ts';
import {
  createDefective,
  createPreparing,
  createSweepCompleted,
  createSweepMeasuring,
  createSweepUnsaved,
  createSweepWarmingUp,
  createWaiting,
  createWithoutGpuSensors,
} from './support/live-sessions.ts';
import { expect, openPath, test } from './support/test.ts';

const live = '/measure/live';
const quickWarmUp = { minRuns: 10, minS: 0.05, maxS: 0.2, tolerance: 0.5 };

function planFor(minDurationS: number, changes: Partial<Plan> = {}): Plan {
  return shortPlan({
    models: ['digits-cnn'],
    override: { minDurationS, minQueries: 64, warmUp: quickWarmUp },
    ...changes,
  });
}

const trace = (page: Page) => page.getByRole('img', { name: /of the queries so far/ });

/** Latencies in the trace, as its text alternative says. */
async function countTraced(page: Page): Promise<number> {
  const text = await trace(page).getAttribute('aria-label');
  return Number(/([\d,]+) of the queries/.exec(text ?? '')?.[1]?.replaceAll(',', ''));
}

test('with nothing measured yet leads to a new run', async ({ screens }) => {
  await openPath(screens, live);
  await expect(screens.getByText('Nothing was measured yet.')).toBeVisible();
  await checkAccessible(screens);
  await screens.getByRole('link', { name: 'Choose what to measure' }).click();
  await expect(screens).toHaveURL(/\/measure\/new$/);
});

test.describe('with nothing running', () => {
  test.use({ scenario: 'finished-runs' });

  test('says what was measured last', async ({ screens }) => {
    await openPath(screens, live);
    const main = screens.getByRole('main');
    await expect(main).toContainText('bert-base on cpu, webgpu, cuda');
    await expect(main).toContainText('1 of 3 configurations measured');
    await expect(main.getByRole('link', { name: 'New run' }).first()).toBeVisible();
    await main.getByRole('link', { name: 'bert-base' }).click();
    await expect(screens).toHaveURL(/\/measure\/results\?run=/);
  });
});

test.describe('a measurement', { tag: '@web' }, () => {
  test('is followed from its start to its results, which it links', async ({ host, screens }) => {
    await openPath(screens, live);
    await expect(screens.getByText('Nothing was measured yet.')).toBeVisible();
    await host.context.sessions.start(planFor(2, { batches: [1, 2] }));
    const main = screens.getByRole('main');
    await expect(
      main.getByRole('heading', { name: /digits-cnn · cpu · batch 1 .*configuration 1 of 2/ }),
    ).toBeVisible();
    await expect(main.getByRole('listitem').and(main.locator('[aria-current=step]'))).toHaveText(/Measured part/);
    await expect(trace(screens)).toBeVisible();
    // What is drawn of the processor, or why it is not: it depends on the machine that runs the test.
    await expect(main.getByText(/Processor clock/)).toContainText(/once a second|not available: .*/);
    // The first result is there while the second configuration is measured.
    await expect(main.getByRole('heading', { name: /batch 2/ })).toBeVisible();
    const first = main.getByRole('row').nth(1);
    await expect(first).toContainText(/VALID/);
    await expect(first).toContainText('samples/s');
    await expect(main.getByRole('heading', { name: 'Completed: 2 of 2 configurations measured' })).toBeVisible();
    await expect(main.getByRole('link', { name: 'Results of this run' })).toHaveAttribute('href', /run=run_/);
    await first.getByRole('link').click();
    await expect(screens).toHaveURL(/\/measure\/results\/run_\w+\.0$/);
  });

  test('can be repeated with one press', async ({ host, screens }) => {
    await openPath(screens, live);
    await host.context.sessions.start(planFor(0.3));
    const main = screens.getByRole('main');
    const ended = main.getByRole('heading', { name: 'Completed: 1 of 1 configuration measured' });
    await expect(ended).toBeVisible();
    await main.getByRole('button', { name: 'Measure again' }).click();
    await expect(ended).toBeHidden();
    await expect(ended).toBeVisible();
    expect(host.core.storage.runs.list({ limit: 10 }).items).toHaveLength(2);
  });

  test('shows a page that is reloaded the whole trace', async ({ host, screens }) => {
    await openPath(screens, live);
    await host.context.sessions.start(planFor(30));
    await expect.poll(() => countTraced(screens)).toBeGreaterThan(8);
    const before = await countTraced(screens);
    await screens.reload();
    await expect(trace(screens)).toBeVisible();
    expect(await countTraced(screens)).toBeGreaterThanOrEqual(before);
  });

  test('is cancelled after asking once, and the rest can be measured later', async ({ host, screens }) => {
    await openPath(screens, live);
    await host.context.sessions.start(planFor(1, { batches: [1, 2] }));
    const main = screens.getByRole('main');
    await expect(main.getByRole('heading', { name: /batch 2/ })).toBeVisible();
    await main.getByRole('button', { name: 'Cancel' }).click();
    const question = screens.getByRole('dialog', { name: 'Cancel the measurement?' });
    await expect(question).toContainText('Finished configurations are kept');
    await question.getByRole('button', { name: 'Cancel the measurement' }).click();
    await expect(main.getByRole('heading', { name: 'Cancelled: 1 of 2 configurations measured' })).toBeVisible();
    await expect(main).toContainText('Its result is kept.');
    await expect(main.getByRole('row').nth(2)).toContainText(/The measurement was cancelled while/);
    await main.getByRole('button', { name: 'Measure the rest' }).click();
    await expect(main.getByRole('heading', { name: 'Completed: 2 of 2 configurations measured' })).toBeVisible();
  });

  test('is paused when its configuration has ended, and goes on later', async ({ host, screens }) => {
    await openPath(screens, live);
    await host.context.sessions.start(planFor(4, { batches: [1, 2] }));
    const main = screens.getByRole('main');
    await expect(main.getByRole('heading', { name: /batch 1/ })).toBeVisible();
    await main.getByRole('button', { name: 'Pause' }).click();
    await expect(main.getByText('Pauses after this configuration.')).toBeVisible();
    await expect(main.getByRole('button', { name: 'Do not pause' })).toBeVisible();
    await expect(main.getByRole('heading', { name: 'Paused: 1 of 2 configurations measured' })).toBeVisible({
      timeout: 30_000,
    });
    await main.getByRole('button', { name: 'Measure the rest' }).click();
    await expect(main.getByRole('heading', { name: 'Completed: 2 of 2 configurations measured' })).toBeVisible({
      timeout: 30_000,
    });
  });

  test('is not cancelled by who thinks better of it, with the keyboard alone', async ({ host, screens }) => {
    await openPath(screens, '/machines');
    await host.context.sessions.start(planFor(30));
    const pill = screens.getByRole('banner').getByRole('status');
    await expect(pill).toContainText('digits-cnn · cpu · batch 1 · 1 thread · 1/1');
    const cancel = pill.getByRole('button', { name: 'Cancel' });
    await cancel.focus();
    await screens.keyboard.press('Enter');
    const question = screens.getByRole('dialog', { name: 'Cancel the measurement?' });
    await expect(question).toBeVisible();
    await screens.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(cancel).toBeFocused();
    expect(host.context.sessions.isMeasuring()).toBe(true);
    await pill.getByRole('link').click();
    await expect(screens).toHaveURL(/\/measure\/live$/);
  });

  test('is drawn again at most twice a second, and not at all in a hidden tab', async ({ host, screens }) => {
    await openPath(screens, live);
    await host.context.sessions.start(planFor(60));
    await expect.poll(() => countTraced(screens)).toBeGreaterThan(2);
    const seconds = 5;
    const redraws = await countRedraws(screens, seconds * 1_000);
    expect(redraws).toBeGreaterThan(2);
    expect(redraws).toBeLessThanOrEqual(2 * seconds + 1);
    await screens.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const before = await countTraced(screens);
    expect(await countRedraws(screens, 2_000)).toBe(0);
    await screens.evaluate(() => {
      Reflect.deleteProperty(document, 'hidden');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    // Every latency that passed by meanwhile is in the trace.
    await expect.poll(() => countTraced(screens)).toBeGreaterThan(before + 5);
  });
});

test.describe('the sensors of the machine', { tag: '@web' }, () => {
  test.describe('that has some', () => {
    test.use({ session: createSweepMeasuring() });

    test('are on the time axis of the trace, in its table and in its file', async ({ screens }) => {
      await openPath(screens, live);
      const main = screens.getByRole('main');
      await expect(trace(screens)).toHaveAttribute('aria-label', /Processor temperature from 5\d.* °C to 8\d.* °C/);
      await expect(main).toContainText('Processor clock: cpufreq, mean of 16 processors, twice a second.');
      const downloading = screens.waitForEvent('download');
      await main.getByRole('button', { name: /^CSV/ }).click();
      const csv = await readFile(await (await downloading).path(), 'utf8');
      const [head, ...rows] = csv.trim().split('\r\n');
      expect(head).toBe('Time since start (s),Latency (ms),Processor clock (GHz),Processor temperature (°C)');
      // 160 queries and 40 readings.
      expect(rows).toHaveLength(200);
      expect(rows.filter((row) => /^[\d.]+,,[\d.]+,[\d.]+$/.test(row))).toHaveLength(40);
      await main.getByRole('button', { name: /^Table/ }).click();
      await expect(main.getByRole('columnheader', { name: 'Processor clock (GHz)' })).toBeVisible();
      await checkAccessible(screens);
    });
  });

  test.describe('that has none', () => {
    test.use({ session: createSweepWarmingUp() });

    test('are named with the reason and what to do', async ({ screens }) => {
      await openPath(screens, live);
      const main = screens.getByRole('main');
      await expect(main).toContainText('Processor clock not available: this kernel runs no frequency driver');
      await expect(main).toContainText('Measure on the physical machine to see it.');
    });
  });

  test.describe('that are missing for one reason', () => {
    test.use({ session: createWithoutGpuSensors() });

    test('are named together', async ({ screens }) => {
      await openPath(screens, live);
      await expect(screens.getByRole('main')).toContainText(
        'GPU clock and GPU temperature not available: NVML could not be loaded. Install the NVIDIA driver.',
      );
    });
  });
});

test.describe('before the first configuration', { tag: '@web' }, () => {
  test.describe('while another process measures', () => {
    test.use({ session: createWaiting() });

    test('names it, and can be cancelled', async ({ screens }) => {
      await openPath(screens, live);
      const main = screens.getByRole('main');
      await expect(main).toContainText('Process 4711 has been measuring on this machine since Jan 3, 2026');
      await checkAccessible(screens);
      await main.getByRole('button', { name: 'Cancel' }).click();
      await expect(screens.getByRole('dialog')).toContainText('nothing is lost');
    });
  });

  test.describe('while a model is built', () => {
    test.use({ session: createPreparing() });

    test('says which, and how far it has come', async ({ screens }) => {
      await openPath(screens, live);
      await expect(screens.getByRole('progressbar', { name: 'Preparing resnet50' })).toHaveAttribute(
        'aria-valuenow',
        '42',
      );
    });
  });
});

test.describe('a result that could not be stored', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs', session: createSweepUnsaved() });

  test('is said on every screen and can be saved as a file', async ({ screens }) => {
    await screens.getByRole('alert').getByRole('link', { name: '1 result is not stored' }).click();
    const main = screens.getByRole('main');
    await expect(main.getByRole('heading', { name: 'Interrupted: 3 of 5 configurations measured' })).toBeVisible();
    await expect(main).toContainText('The disk that holds the data directory is full.');
    const again = main.getByRole('button', { name: 'Measure the rest' });
    await expect(again).toBeDisabled();
    await checkAccessible(screens);
    const downloading = screens.waitForEvent('download');
    await main.getByRole('button', { name: 'Save as a file' }).click();
    const file = await (await downloading).path();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      failure: { code: 'STORAGE_FULL' },
      results: [{ index: 3, config: { batch: 8 }, outcome: { state: 'completed', measurement: expect.anything() } }],
    });
    await expect(again).toBeEnabled();
  });
});

test.describe('a measurement that failed in a way that nobody foresaw', { tag: '@web' }, () => {
  test.use({ session: createDefective() });

  test('shows the sentence', async ({ screens }) => {
    await openPath(screens, live);
    const main = screens.getByRole('main');
    await expect(main.getByRole('heading', { name: 'Nothing was measured' })).toBeVisible();
    await expect(main.getByRole('alert')).toContainText('TypeError: feeds is not iterable');
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs', clock: 'frozen' });

  for (const [name, session, shown] of [
    ['live-measuring', createSweepMeasuring(), /configuration 4 of 5/],
    ['live-warming-up', createSweepWarmingUp(), /configuration 4 of 5/],
    ['live-completed', createSweepCompleted(), 'Completed: 5 of 5 configurations measured'],
    ['live-unsaved', createSweepUnsaved(), 'Interrupted: 3 of 5 configurations measured'],
  ] as const) {
    test.describe(name, () => {
      test.use({ session });

      test('looks as it should', async ({ screens }) => {
        await openPath(screens, live);
        const main = screens.getByRole('main');
        await expect(main.getByRole('heading', { name: shown })).toBeVisible();
        await expect(main.getByRole('row').nth(3)).toContainText('samples/s');
        if (name === 'live-measuring') await expect(trace(screens)).toBeVisible();
        await checkAccessible(screens);
        await checkSnapshot(screens, name);
      });
    });
  }
});
