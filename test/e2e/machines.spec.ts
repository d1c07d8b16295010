import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import { expect, openPath, test } from './support/test.ts';

test('what is not known of this machine has its reason', { tag: '@web' }, async ({ screens }) => {
  await openPath(screens, '/machines');
  const processor = screens.getByRole('region', { name: 'Processor' });
  await expect(processor).toContainText('L1 data');
  await expect(processor).toContainText('avx512f');
  await expect(screens.getByRole('region', { name: 'System' })).toContainText('Load by others');
  await checkAccessible(screens);
});

test('the address of the doctor checks the machine and shows what it found', async ({ screens, dataDirectory }) => {
  await openPath(screens, '/machines#doctor');
  const doctor = screens.getByRole('region', { name: 'Doctor' });
  await expect(doctor).toContainText('Cost of an empty call', { timeout: 50_000 });
  await expect(doctor).toContainText(dataDirectory);
  await expect(doctor.getByRole('button', { name: 'Check again' })).toBeEnabled();
  await checkAccessible(screens);
});

test('the check of the method says what it does, and can be stopped', async ({ screens }) => {
  await openPath(screens, '/machines');
  const method = screens.getByRole('region', { name: 'Method' });
  await expect(method).toContainText('Takes two minutes');
  await method.getByRole('button', { name: 'Check the method' }).click();
  await expect(method.getByRole('status')).toContainText('Checking');
  await checkAccessible(screens);
  await method.getByRole('button', { name: 'Stop' }).click();
  await expect(method).toContainText('The check was stopped; it says nothing.');
  await expect(method.getByRole('button', { name: 'Check again' })).toBeEnabled();
});

test.describe('a run that was interrupted', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs' });

  test('is offered to go on with', async ({ host, screens }) => {
    const { runs } = host.core.storage;
    const oldest = runs.list({}).items.at(-1)!;
    runs.markState(oldest.id, 'interrupted', '2026-01-04T18:00:00.000Z');
    await openPath(screens, '/machines');
    await screens.getByRole('button', { name: 'Check this machine' }).click();
    const interrupted = screens.getByRole('table', { name: 'Interrupted runs' });
    const run = interrupted.getByRole('row', { name: /mobilenet-v2/ });
    await expect(run).toContainText('1 of 1 configurations');
    await run.getByRole('button', { name: 'Resume' }).click();
    await expect(screens).toHaveURL(/\/measure\/live$/);
  });
});

test.describe('while a measurement runs', { tag: '@web' }, () => {
  test.use({ session: createMeasuringSession() });

  test('nothing is tried that would disturb it', async ({ screens }) => {
    await openPath(screens, '/machines');
    await expect(screens.getByRole('button', { name: 'Check this machine' })).toBeDisabled();
    await expect(screens.getByText('The check starts engines, which would disturb the measurement')).toBeVisible();
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  test('all of this machine', async ({ screens }) => {
    await openPath(screens, '/machines');
    await expect(screens.getByRole('table', { name: 'Execution providers' })).toBeVisible();
    await expect(screens.getByRole('region', { name: 'Processor' })).toBeVisible();
    await checkSnapshot(screens, 'machines', { mask: [screens.getByRole('time')] });
  });

  test('what the doctor found', async ({ screens, dataDirectory }) => {
    await openPath(screens, '/machines#doctor');
    await expect(screens.getByText('Cost of an empty call')).toBeVisible();
    await expect(screens.getByRole('region', { name: 'Processor' })).toBeVisible();
    await checkSnapshot(screens, 'machines-doctor', {
      mask: [screens.getByRole('time'), screens.getByRole('definition').filter({ hasText: dataDirectory })],
    });
  });
});
