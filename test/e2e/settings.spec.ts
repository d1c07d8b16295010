import { InferometerError } from '../../src/shared/errors.ts';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { expect, openPath, test } from './support/test.ts';

test.beforeEach(async ({ screens }) => {
  await openPath(screens, '/settings');
  await expect(screens.getByRole('heading', { name: 'Numbers and money' })).toBeVisible();
});

test('a theme applies at once and is kept', async ({ screens }) => {
  await screens.getByRole('group', { name: 'Theme' }).getByText('Dark').click();
  const page = screens.locator('html');
  await expect(page).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await screens.reload();
  await expect(screens.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(page).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('a locale is judged and tried out while it is typed', async ({ screens }) => {
  const field = screens.getByRole('group', { name: 'Locale' });
  const input = field.getByRole('combobox');
  await input.fill('de_DE');
  await expect(field.getByRole('alert')).toContainText('"de_DE" is no language tag.');
  await input.fill('de-DE');
  await expect(field).toContainText('1.234.567,891');
  await input.press('Enter');
  await expect(field.getByText('Saved')).toBeVisible();
  await screens.reload();
  await expect(field).toContainText('1.234.567,891');
});

test('a tariff is read by the locale, and none is given when it is empty', async ({ screens }) => {
  await screens.getByRole('combobox', { name: 'Locale' }).fill('de-DE');
  await screens.getByRole('combobox', { name: 'Locale' }).press('Enter');
  const field = screens.getByRole('group', { name: 'Electricity tariff' });
  const input = field.getByRole('textbox');
  await input.fill('1.234,5');
  await expect(field.getByRole('alert')).toContainText('"1.234,5" is no amount. Type digits such as 0,32.');
  await input.fill('0,315');
  await input.press('Enter');
  await expect(field).toContainText('assumed');
  await screens.reload();
  await expect(input).toHaveValue('0,315');
  await input.fill('');
  await input.press('Enter');
  await expect(field).not.toContainText('assumed');
});

test('a currency is found by its name', async ({ screens }) => {
  const input = screens.getByRole('combobox', { name: 'Currency' });
  await input.fill('zloty');
  await screens.getByRole('option', { name: 'PLN · Polish Zloty' }).click();
  await expect(screens.getByLabel('Electricity tariff, PLN per kWh')).toBeVisible();
  await expect(screens.getByRole('group', { name: 'Locale' })).toContainText('PLN');
});

test('the grade of new runs is chosen with the keyboard', async ({ screens }) => {
  await screens.getByRole('radio', { name: 'standard' }).focus();
  await screens.keyboard.press('ArrowDown');
  await expect(screens.getByRole('group', { name: 'Default grade' }).getByText('Saved')).toBeVisible();
  await screens.reload();
  await expect(screens.getByRole('radio', { name: 'reference' })).toBeChecked();
});

test('what cannot be saved is said beside the setting', { tag: '@web' }, async ({ host, screens }) => {
  host.core.storage.settings.update = () => {
    throw new InferometerError({
      code: 'STORAGE_FULL',
      message: 'The disk of the data directory is full.',
      remedy: 'Free some space and try again.',
    });
  };
  await screens.getByRole('radio', { name: 'quick' }).click();
  await expect(screens.getByRole('group', { name: 'Default grade' }).getByRole('alert')).toHaveText(
    'The disk of the data directory is full. Free some space and try again.',
  );
  await expect(screens.getByRole('radio', { name: 'standard' })).toBeChecked();
});

test('data directory and version are shown', { tag: '@web' }, async ({ screens, dataDirectory }) => {
  await expect(screens.getByLabel('Data directory').filter({ hasText: dataDirectory }).first()).toBeVisible();
  await expect(screens.getByRole('group', { name: 'Application' })).toContainText('0.1.0');
  await checkAccessible(screens);
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  test('settings', async ({ screens, dataDirectory }) => {
    await expect(screens.getByText('1,234,567.891')).toBeVisible();
    await checkSnapshot(screens, 'settings', { mask: [screens.getByText(dataDirectory)] });
  });
});
