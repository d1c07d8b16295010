import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { acquireLock } from '../../src/core/measure/lock.ts';
import { addModel } from '../../src/core/models/import/add-model.ts';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import { expect, openPath, test } from './support/test.ts';

const newRun = '/measure/new';
const fixture = (name: string): string => join(import.meta.dirname, '..', 'fixtures', 'onnx', name);

const start = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Start', exact: true });
const configurations = (page: Page) => page.getByRole('region', { name: 'Configurations', exact: true });
const command = (page: Page) => page.getByLabel('Command that measures this plan');
/** On the desktop there is no command line, and the screen says so. */
const expectCommand = (page: Page, text: string) =>
  test.info().project.name === 'desktop'
    ? expect(page.getByText('belongs to the command-line package')).toBeVisible()
    : expect(command(page)).toHaveText(text);
const fromModel = (name: string): string => `${newRun}?models=${encodeURIComponent(JSON.stringify([name]))}`;

test('an empty plan says what is missing', async ({ screens }) => {
  await openPath(screens, newRun);
  await expect(screens.getByText('Choose at least one model.')).toBeVisible();
  await expect(start(screens)).toBeDisabled();
  await checkAccessible(screens);
});

test('the way from a model leads to a plan that can be started', async ({ screens }) => {
  await openPath(screens, '/measure/models');
  await screens.getByRole('link', { name: 'Measure digits-cnn' }).click();
  await expect(configurations(screens).getByRole('row', { name: /digits-cnn/ })).toContainText('possible');
  await expect(screens.getByRole('region', { name: 'Start', exact: true })).toContainText('1 configuration');
  await expectCommand(
    screens,
    'inferometer run digits-cnn --provider cpu --scenario single-stream --batch 1 --grade standard --seed 0',
  );
  await expect(start(screens)).toBeEnabled();
});

test('a plan is written with the keyboard alone, and says at once what is not right', async ({ screens }) => {
  await openPath(screens, fromModel('digits-cnn'));
  await screens.getByRole('main').getByLabel('Models').first().focus();
  await screens.keyboard.type('mlp');
  await screens.keyboard.press('ArrowDown');
  await screens.keyboard.press('Enter');
  await screens.keyboard.press('Escape');
  await screens.getByLabel('Batches').first().focus();
  await screens.keyboard.type('two');
  await expect(screens.getByText('Give a whole number from 1 on.')).toBeVisible();
  await screens.keyboard.press('Enter');
  await expect(screens.getByText('"two" is not a whole number from 1 on.')).toBeVisible();
  await expect(start(screens)).toBeDisabled();
  await screens.keyboard.press('Backspace');
  await screens.keyboard.type('4,');
  await expect(screens.getByRole('region', { name: 'Start', exact: true })).toContainText('4 configurations');
  await expectCommand(
    screens,
    'inferometer run digits-cnn mlp-tabular --provider cpu --scenario single-stream --batch 1,4 --grade standard --seed 0',
  );
});

test('nothing that was written is lost by leaving, coming back and reloading', async ({ screens }) => {
  await openPath(screens, fromModel('digits-cnn'));
  await screens.getByLabel('Offline').check();
  await screens.getByLabel('Quick').check();
  await screens.getByText('More', { exact: true }).click();
  await screens.getByLabel('Seed').fill('7x');
  await expect(screens.getByText('Give a whole number from 0 on.')).toBeVisible();
  await screens.getByLabel('Seed').fill('7');
  await screens.getByRole('link', { name: 'Machines' }).click();
  await screens.goBack();
  const expected = 'inferometer run digits-cnn --provider cpu --scenario offline --batch 1 --grade quick --seed 7';
  await expectCommand(screens, expected);
  await screens.reload();
  await expectCommand(screens, expected);
  await screens.getByRole('button', { name: 'Start over' }).click();
  await expect(screens.getByText('Choose at least one model.')).toBeVisible();
});

test('a server is searched for its highest rate, or measured at rates that are given', async ({ screens }) => {
  await openPath(screens, fromModel('digits-cnn'));
  await screens.getByLabel('Server', { exact: true }).check();
  await screens.getByLabel('Latency limit').fill('0');
  await expect(screens.getByText('Give a number above 0.')).toBeVisible();
  await expect(start(screens)).toBeDisabled();
  await screens.getByLabel('Latency limit').fill('5');
  await screens.getByLabel('Largest batch').fill('8');
  await screens.getByLabel('Longest delay').fill('2');
  await expectCommand(
    screens,
    'inferometer run digits-cnn --provider cpu --scenario server --batch 1 --max-batch 8 --max-delay-ms 2 --slo-ms 5 --percentile 99 --grade standard --seed 0',
  );
  await expect(screens.getByText('a lone query, short trials at rates')).toBeVisible();
  await checkAccessible(screens);
  await screens.getByLabel('Rates that I give').check();
  await screens.getByLabel('Latency limit').fill('');
  await screens.getByLabel('Largest batch').fill('1');
  await expectCommand(
    screens,
    'inferometer run digits-cnn --provider cpu --scenario server --batch 1 --rate 100 --grade standard --seed 0',
  );
});

test('fields stand only where they have a meaning', async ({ screens }) => {
  await openPath(screens, fromModel('digits-cnn'));
  const form = screens.getByRole('form', { name: 'Plan' });
  await expect(form.getByText('Instances', { exact: true })).toBeVisible();
  await form.getByLabel('Idle gaps').check();
  await expect(form.getByText('Pauses', { exact: true })).toBeVisible();
  await expect(form.getByText('Instances', { exact: true })).toBeHidden();
  await expect(configurations(screens).getByRole('row', { name: /pause 500 ms/ })).toBeVisible();
  await form.getByLabel('Text generation').check();
  await expect(form.getByText('Pauses', { exact: true })).toBeHidden();
  await expect(form.getByText('Prompt lengths')).toBeVisible();
  await form.getByLabel('Server', { exact: true }).check();
  await expect(form.getByText('Batches', { exact: true })).toBeHidden();
});

test('several batches can be searched instead of measured one by one', async ({ screens }) => {
  await openPath(screens, fromModel('digits-cnn'));
  await screens.getByLabel('Offline').check();
  await expect(screens.getByLabel('Search the best')).toBeHidden();
  await screens.getByLabel('Batches').first().fill('8');
  await screens.keyboard.press('Enter');
  await screens.getByLabel('Search the best').check();
  await expectCommand(
    screens,
    'inferometer tune digits-cnn --provider cpu --batch 1,8 --threads 0 --instances 1 --objective throughput --grade standard --seed 0',
  );
  await checkAccessible(screens);
});

test.describe('on the fixed machine', { tag: '@web' }, () => {
  test('a provider that does not work cannot be chosen and says why', async ({ screens }) => {
    await openPath(screens, fromModel('digits-cnn'));
    await expect(screens.getByRole('checkbox', { name: /CUDA/ })).toBeDisabled();
    await expect(screens.getByText(/libcudnn\.so\.9 cannot be loaded/i).first()).toBeVisible();
    await screens.getByRole('checkbox', { name: /WebGPU/ }).check();
    await expect(configurations(screens).getByRole('row', { name: /webgpu/ })).toBeVisible();
  });

  test('the sizes that a model leaves open are asked for', async ({ screens, host }) => {
    await addModel(host.core.storage, fixture('text.onnx'));
    await openPath(screens, fromModel('text'));
    await expect(screens.getByText('needed by text')).toBeVisible();
    await expect(start(screens)).toBeDisabled();
    await expect(configurations(screens)).toContainText('DIMENSION_NEEDED');
    await checkAccessible(screens);
    await screens.getByLabel('sequence').fill('16');
    await expect(configurations(screens).getByRole('row', { name: /text/ })).not.toContainText('not possible');
    await expect(start(screens)).toBeEnabled();
    await expect(command(screens)).toContainText('--dim sequence=16');
  });

  test('what a model cannot do is said before anything starts', async ({ screens, host }) => {
    await addModel(host.core.storage, fixture('control.onnx'));
    await openPath(screens, fromModel('control'));
    await expect(configurations(screens)).toContainText('not possible');
    await expect(screens.getByText('None of these configurations can be measured here.')).toBeVisible();
    await expect(start(screens)).toBeDisabled();
  });

  test('starting goes to Live', async ({ screens }) => {
    await openPath(screens, fromModel('digits-cnn'));
    await screens.getByLabel('Quick').check();
    await expect(command(screens)).toContainText('--grade quick');
    await start(screens).click();
    await expect(screens).toHaveURL(/\/measure\/live/);
  });

  test('a machine that is busy offers to wait, and waiting starts by itself', async ({ screens, dataDirectory }) => {
    const lock = await acquireLock({ wait: false, lockPath: join(dataDirectory, 'measuring.lock') });
    await openPath(screens, fromModel('digits-cnn'));
    await start(screens).click();
    await expect(screens.getByRole('alert')).toContainText('MACHINE_BUSY');
    await screens.getByRole('button', { name: 'Start when it has ended' }).click();
    await expect(screens).toHaveURL(/\/measure\/live/);
    const waiting = screens.getByRole('heading', { name: 'Waiting for another measurement' });
    await expect(waiting).toBeVisible();
    lock[Symbol.dispose]();
    await expect(waiting).toBeHidden();
  });

  test('what the host refuses is said in its words, and the plan stays', async ({ screens }) => {
    await openPath(screens, fromModel('digits-cnn'));
    await screens.getByText('More', { exact: true }).click();
    await screens.getByLabel('Set another dimension').fill('sequence');
    await screens.keyboard.press('Enter');
    await screens.getByLabel('sequence', { exact: true }).fill('8');
    await expect(command(screens)).toContainText('--dim sequence=8');
    await start(screens).click();
    await expect(screens.getByRole('alert')).toContainText('sequence');
    await expect(command(screens)).toContainText('--dim sequence=8');
  });
});

test.describe('while a measurement runs', { tag: '@web' }, () => {
  test.use({ session: createMeasuringSession() });

  test('the screen offers Live, or to start when it has ended', async ({ screens }) => {
    await openPath(screens, fromModel('digits-cnn'));
    await expect(screens.getByText('A measurement is running on this machine.')).toBeVisible();
    await screens.getByRole('button', { name: 'Start when it has ended' }).click();
    await expect(screens.getByText('as long as this screen is open')).toBeVisible();
    await screens.getByRole('button', { name: 'Do not wait' }).click();
    await screens.getByRole('main').getByRole('link', { name: 'Open Live' }).click();
    await expect(screens).toHaveURL(/\/measure\/live/);
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  test('the plan that measures this machine', async ({ screens }) => {
    await openPath(screens, `${newRun}?preset=machine`);
    await expect(configurations(screens).getByRole('row')).toHaveCount(5);
    await expect(screens.getByRole('checkbox', { name: /CPU.*works/ })).toBeVisible();
    await checkSnapshot(screens, 'new-run');
  });

  test('the plan of a server', async ({ screens }) => {
    await openPath(screens, fromModel('mobilenet-v2'));
    await screens.getByLabel('Server', { exact: true }).check();
    await expect(configurations(screens).getByRole('row', { name: /mobilenet-v2/ })).toBeVisible();
    await expect(screens.getByRole('checkbox', { name: /CPU.*works/ })).toBeVisible();
    await screens.getByText('Latency limit').scrollIntoViewIfNeeded();
    await checkSnapshot(screens, 'new-run-server');
  });
});
