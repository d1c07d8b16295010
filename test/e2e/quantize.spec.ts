import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import type { RunningHost } from './support/host.ts';
import { expect, openPath, test } from './support/test.ts';

const list = '/measure/models';
const formOf = (model: string): string => `${list}/${model}/quantize`;

const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

/** Opens the form of a model and waits for what is proposed. */
async function openForm(page: Page, model: string): Promise<void> {
  await openPath(page, formOf(model));
  await expect(page.getByRole('heading', { name: 'Proposed here' })).toBeVisible({ timeout: 30_000 });
}

async function make(page: Page, recipe: RegExp): Promise<void> {
  await page.getByRole('radio', { name: recipe }).check();
  await page.getByRole('button', { name: 'Quantize', exact: true }).click();
  await expect(page.getByRole('region', { name: 'What was made' })).toBeVisible({ timeout: 30_000 });
}

test('a variant is proposed with reasons, made, listed below its model, and removed with its file', async ({
  screens,
  dataDirectory,
}) => {
  await openForm(screens, 'digits-cnn');
  const recipes = screens.getByRole('radiogroup', { name: 'Recipe' });
  await expect(recipes).toContainText('Convolutions are 97 % of its multiply-accumulates');
  await expect(recipes).toContainText('quantized while the model runs (ConvInteger)');
  await expect(recipes).toContainText('half the file, the same speed');
  await checkAccessible(screens);
  await make(screens, /INT8 dynamic/);

  const made = screens.getByRole('region', { name: 'What was made' });
  await expect(screens.getByRole('heading', { name: 'digits-cnn.int8-dynamic', level: 1 })).toBeVisible();
  await expect(made).toContainText('ONNX Runtime loads it, and ran it once on generated inputs.');
  await expect(made.getByRole('row', { name: /^Gemm/ })).toContainText(
    '2changed: DynamicQuantizeLinear, MatMulInteger',
  );
  await expect(made.getByRole('row', { name: /^Conv/ })).toContainText('left: A convolution quantized while it runs');
  await expect(screens.getByRole('link', { name: 'Compare with digits-cnn' })).toHaveAttribute(
    'href',
    /baseline=digits-cnn&candidate=digits-cnn\.int8-dynamic/,
  );
  await checkAccessible(screens);

  await openPath(screens, list);
  await expect(rowOf(screens, 'digits-cnn.int8-dynamic')).toContainText('INT8 dynamic');
  await expect(rowOf(screens, 'digits-cnn.int8-dynamic')).toContainText(/\d %.*KiB/);
  await openPath(screens, `${list}/digits-cnn`);
  await screens
    .getByRole('region', { name: 'Variants' })
    .getByRole('link', { name: 'digits-cnn.int8-dynamic', exact: true })
    .click();
  await expect(screens.getByRole('region', { name: 'How it was made' })).toContainText('2 of 5 that it looked at');
  await screens.getByRole('button', { name: 'Remove digits-cnn.int8-dynamic' }).click();
  await expect(screens.getByRole('dialog')).toContainText('its file, which was made here, is deleted');
  await screens.getByRole('button', { name: 'Remove the model' }).click();
  await expect(screens).toHaveURL((url) => url.pathname === list);
  await expect(rowOf(screens, 'digits-cnn.int8-dynamic')).toBeHidden();
  expect(await readdir(join(dataDirectory, 'variants'))).toEqual([]);
});

test('nodes are excluded and parameters changed with the keyboard alone', async ({ screens }) => {
  await openForm(screens, 'digits-cnn');
  await screens.getByRole('radio', { name: /INT8 dynamic/ }).focus();
  await screens.keyboard.press('Space');
  await screens.getByText(/^Parameters, nodes and loss/).focus();
  await screens.keyboard.press('Enter');
  const perChannel = screens.getByRole('switch', { name: 'A scale per channel' });
  await perChannel.focus();
  await screens.keyboard.press('Space');
  await expect(perChannel).not.toBeChecked();
  await screens.getByRole('combobox', { name: 'Nodes that stay in float32' }).focus();
  await screens.keyboard.type('fc1/Gemm');
  await screens.keyboard.press('ArrowDown');
  await screens.keyboard.press('Enter');
  await screens.keyboard.press('Escape');
  await expect(screens.getByText('1 changed, 1 excluded')).toBeVisible();
  await screens.getByLabel('Name of the variant').focus();
  await screens.keyboard.press('Enter');
  const made = screens.getByRole('region', { name: 'What was made' });
  await expect(made.getByRole('row', { name: /It was excluded/ })).toContainText('Gemm');
  await expect(made).toContainText('A scale per channeloff');
});

test('without data, a variant that is calibrated with generated inputs says that its quality is void', async ({
  screens,
}) => {
  await openForm(screens, 'mlp-tabular');
  await screens.getByRole('radio', { name: /INT8 static/ }).check();
  await expect(screens.getByRole('form', { name: 'Variant' })).toContainText('its quality is void');
  await make(screens, /INT8 static/);
  await expect(screens.getByRole('region', { name: 'What was made' })).toContainText(
    'Speed only: it was calibrated with generated inputs, so its quality is void.',
  );
  await openPath(screens, list);
  await expect(rowOf(screens, 'mlp-tabular.int8-static')).toContainText('speed only');
});

test('a bound on the loss is judged by samples that the model was not trained with', async ({ screens }) => {
  await openForm(screens, 'digits-cnn');
  await screens.getByRole('radio', { name: /INT8 dynamic/ }).check();
  await screens.getByText(/^Parameters, nodes and loss/).click();
  await screens.getByLabel('Largest loss, %').fill('0');
  await expect(screens.getByText('Give a percentage above 0 and up to 100.')).toBeVisible();
  await screens.getByLabel('Largest loss, %').fill('20');
  await screens.getByLabel('Rank the nodes by what each costs alone').check();
  await expect(screens.getByText('loss up to 20 %, nodes ranked')).toBeVisible();
  await expect(screens.getByText('samples that the model was not trained with are used')).toBeVisible();
  await make(screens, /INT8 dynamic/);
  const made = screens.getByRole('region', { name: 'What was made' });
  await expect(made).toContainText('Fall of accuracy');
  await expect(made).toContainText('The bound is 20 %. It is met with every node quantized.');
  const costs = made.getByRole('table', { name: /^What a node costs alone, 16 samples/ });
  await expect(costs.getByRole('row')).toHaveCount(3);
  await expect(costs.getByRole('row', { name: /fc1\/Gemm/ })).toContainText('%');
  await checkAccessible(screens);
});

test('the samples that a model was trained with calibrate it where no other data is given', async ({ screens }) => {
  await openForm(screens, 'digits-cnn');
  await expect(screens.getByRole('form', { name: 'Variant' })).toContainText(
    'the samples that digits-cnn was trained with are used',
  );
  await make(screens, /INT8 static/);
  await expect(screens.getByRole('region', { name: 'What was made' })).toContainText(
    'Ranges of activations come from 256 samples of data.',
  );
});

test('what cannot be made says why and what to do', async ({ screens }) => {
  await openForm(screens, 'digits-cnn');
  await screens.getByLabel('Calibration data').fill('/nowhere/data.npz');
  await screens.getByRole('button', { name: 'Quantize', exact: true }).click();
  await expect(screens.getByRole('alert')).toContainText('There is no file or folder /nowhere/data.npz');
  await expect(screens.getByRole('alert')).toContainText('INPUTS_INVALID');
  await screens.getByLabel('Name of the variant').fill('resnet50');
  await expect(screens.getByText('A model has this name already.')).toBeVisible();
  await expect(screens.getByRole('button', { name: 'Quantize', exact: true })).toBeDisabled();
  await checkAccessible(screens);
  await screens.getByLabel('Name of the variant').fill('small');
  await make(screens, /FP16/);
  await expect(screens.getByRole('region', { name: 'What was made' })).toContainText(
    'On CPUs ONNX Runtime computes it',
  );
  await openPath(screens, formOf('nothing'));
  await expect(screens.getByRole('alert')).toContainText('There is no model "nothing".');
});

test('a model that is quantized already leads to the one that it was made from', async ({ screens }) => {
  await openForm(screens, 'digits-cnn');
  await make(screens, /INT8 dynamic/);
  await openPath(screens, formOf('digits-cnn.int8-dynamic'));
  await expect(screens.getByText('This model is quantized already.')).toBeVisible();
  await screens.getByRole('link', { name: 'Quantize digits-cnn' }).click();
  await expect(screens.getByRole('heading', { name: 'Quantize digits-cnn', level: 1 })).toBeVisible();
});

test.describe('on the web host', { tag: '@web' }, () => {
  test('other recipes are proposed for other providers, also for one that is not there', async ({ screens }) => {
    await openForm(screens, 'digits-cnn');
    await screens.getByLabel('To be run on').selectOption('cuda');
    await expect(screens.getByText('Not on this machine: Libcudnn.so.9 cannot be loaded.')).toBeVisible();
    await expect(screens.getByRole('radio', { name: /FP16/ })).toBeChecked();
    await expect(screens.getByText('CUDA has no kernel for DynamicQuantizeLinear')).toBeVisible();
  });

  test('making a variant goes on while another screen is open, is cancelled on demand, and leaves nothing', async ({
    screens,
    host,
    dataDirectory,
  }) => {
    await openForm(screens, 'digits-cnn');
    const release = holdEngines(host);
    await screens.getByRole('radio', { name: /INT8 dynamic/ }).check();
    await screens.getByRole('button', { name: 'Quantize', exact: true }).click();
    const progress = screens.getByRole('progressbar', { name: 'Share of digits-cnn.int8-dynamic that is made' });
    // At 0 % it has no width yet.
    await expect(progress).toBeAttached();
    await screens.getByRole('link', { name: 'Settings' }).click();
    await expect(screens.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
    await screens.goBack();
    await expect(progress).toBeAttached();
    await checkAccessible(screens);
    await screens.getByRole('button', { name: 'Cancel' }).click();
    await expect(screens.getByText('digits-cnn.int8-dynamic was cancelled; nothing of it was kept.')).toBeVisible();
    await expect.poll(() => readdir(join(dataDirectory, 'variants'))).toEqual([]);
    release();
    await screens.getByRole('button', { name: 'Quantize', exact: true }).click();
    await expect(screens.getByRole('region', { name: 'What was made' })).toBeVisible();
  });

  test('a variant whose file is gone says so', async ({ screens, dataDirectory }) => {
    await openForm(screens, 'digits-cnn');
    await make(screens, /INT8 dynamic/);
    await rm(join(dataDirectory, 'variants'), { recursive: true });
    await openPath(screens, list);
    await expect(rowOf(screens, 'digits-cnn.int8-dynamic')).toContainText('missing');
  });

  test.describe('pictures', () => {
    test.use({ clock: 'frozen' });

    test('what is proposed', async ({ screens }) => {
      await openForm(screens, 'mlp-tabular');
      await screens.getByRole('radio', { name: /INT8 static/ }).check();
      await checkSnapshot(screens, 'quantize');
    });

    test('what was made, and the list with it', async ({ screens, dataDirectory }) => {
      await openForm(screens, 'digits-cnn');
      await make(screens, /INT8 dynamic/);
      const mask = [screens.getByText(dataDirectory)];
      await screens.getByRole('heading', { level: 1 }).click();
      await checkSnapshot(screens, 'quantized', { mask });
      await openPath(screens, list);
      await expect(rowOf(screens, 'digits-cnn.int8-dynamic')).toBeVisible();
      await checkSnapshot(screens, 'models-variants');
    });
  });
});

test.describe('while a measurement runs', { tag: '@web' }, () => {
  test.use({ session: createMeasuringSession() });

  test('nothing is made, with the reason', async ({ screens }) => {
    await openPath(screens, formOf('digits-cnn'));
    await expect(screens.getByRole('main').getByRole('alert')).toContainText('A measurement is running');
    await expect(screens.getByRole('main').getByRole('alert')).toContainText('MACHINE_BUSY');
    await expect(screens.getByRole('button', { name: 'Try again' })).toBeVisible();
    await expect(screens.getByRole('button', { name: 'Quantize', exact: true })).toBeHidden();
  });
});

/** From now on engines start and answer nothing, as on a machine that is very slow; until released. */
function holdEngines({ core }: RunningHost): () => void {
  const { spawn } = core;
  Object.assign(core, {
    spawn: ((options) => {
      const engine = spawn(options);
      return {
        ...engine,
        send: () => undefined,
        kill: () => engine.kill(),
        stderrTail: () => engine.stderrTail(),
        onMessage: (listener) => engine.onMessage(listener),
      };
    }) satisfies typeof spawn,
  });
  return () => void Object.assign(core, { spawn });
}
