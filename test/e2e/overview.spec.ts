import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import { expect, openPath, test } from './support/test.ts';

test.describe('before the first measurement', () => {
  test('the overview says what to do next, and the plan of this machine is one step away', async ({ screens }) => {
    await expect(screens.getByRole('heading', { name: 'Nothing was measured here yet' })).toBeVisible();
    await expect(screens.getByRole('main')).toContainText(/(about|at least) \d+ (s|min)/);
    await checkAccessible(screens);
    const measure = screens.getByRole('main').getByRole('link', { name: 'Measure this machine' }).first();
    await expect(measure).toHaveAttribute('href', '/measure/new?preset=machine');
    await measure.click();
    await expect(screens).toHaveURL(/\/measure\/new/);
  });

  test('processor, memory and GPU stand in one line', { tag: '@web' }, async ({ screens }) => {
    await expect(screens.getByText('usable cpus')).toContainText('AVX-512 VNNI');
    await expect(screens.getByText('503 GiB memory')).toBeVisible();
    await expect(screens.getByRole('main').getByRole('link', { name: /^NVIDIA/ })).toBeVisible();
  });
});

test.describe('after measurements', () => {
  test.use({ scenario: 'finished-runs' });

  test('each model has its fastest valid configuration, which leads to its result', async ({ screens }) => {
    const verdicts = screens.getByRole('table', { name: 'Latest verdicts' });
    const resnet = verdicts.getByRole('row', { name: /resnet50/ });
    await expect(resnet).toContainText('cpu · batch 1');
    await expect(resnet).toContainText(/51\.14\s+ms\s+interval from 50\.96\s+ms to 51\.34\s+ms/);
    await expect(verdicts.getByRole('row', { name: /bert-base/ })).toContainText('no valid result yet');
    await checkAccessible(screens);
    await resnet.getByRole('link').click();
    await expect(screens).toHaveURL(/\/measure\/results\/run_\w+\.0$/);
  });

  test('a debt is gone once it is settled', async ({ screens }) => {
    const debts = screens.getByRole('table', { name: 'Debts' });
    await expect(debts.getByRole('row', { name: /Accuracy/ })).toContainText('void');
    await debts.getByRole('link', { name: 'Set the tariff' }).click();
    const tariff = screens.getByLabel('Electricity tariff, USD per kWh');
    await expect(tariff).toBeFocused();
    await tariff.fill('0.31');
    await tariff.press('Enter');
    await expect(screens.getByText('Saved', { exact: true })).toBeVisible();
    await screens.getByRole('link', { name: 'Overview' }).click();
    await expect(debts.getByRole('row', { name: /Accuracy/ })).toBeVisible();
    await expect(debts.getByRole('row', { name: /Electricity tariff/ })).toHaveCount(0);
  });

  test('providers say whether they work, and what would make them', { tag: '@web' }, async ({ screens }) => {
    const providers = screens.getByRole('table', { name: 'Execution providers' });
    await expect(providers.getByRole('row', { name: /^CPU/ })).toContainText('works');
    await expect(providers.getByRole('row', { name: /^WebGPU/ })).toContainText('software only');
    await expect(providers.getByRole('row', { name: /^CUDA/ })).toContainText(
      'libcudnn.so.9 cannot be loaded. Install the NVIDIA driver, then run inferometer gpu install.',
    );
    await expect(screens.getByText('Not on this system: DirectML, Core ML.')).toBeVisible();
  });
});

test.describe('while a measurement runs', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs', session: createMeasuringSession() });

  test('providers are left alone, which is no failure', async ({ host, screens }) => {
    host.context.sessions.isMeasuring = () => true;
    await screens.reload();
    await expect(screens.getByText('Providers are not tried while a measurement runs')).toBeVisible();
    await expect(screens.getByRole('alert')).toHaveCount(0);
    await expect(screens.getByRole('table', { name: 'Latest verdicts' })).toBeVisible();
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  test('a first start', async ({ screens }) => {
    await expect(screens.getByRole('table', { name: 'Execution providers' })).toBeVisible();
    await expect(screens.getByText('usable cpus')).toBeVisible();
    await checkSnapshot(screens, 'overview-first-start', { mask: [screens.getByRole('time')] });
  });

  test.describe('with results', () => {
    test.use({ scenario: 'finished-runs' });

    test('verdicts and debts', async ({ screens }) => {
      await openPath(screens, '/');
      await expect(screens.getByRole('table', { name: 'Debts' })).toBeVisible();
      await expect(screens.getByRole('table', { name: 'Execution providers' })).toBeVisible();
      await checkSnapshot(screens, 'overview', { mask: [screens.getByRole('time')] });
    });
  });
});
