import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { storeModel } from '../../src/core/models/import/add-model.ts';
import { importModel } from '../../src/core/models/import/import-model.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { expect, openPath, test } from './support/test.ts';

const list = '/measure/models';
const fixture = (name: string): string => join(import.meta.dirname, '..', 'fixtures', 'onnx', name);

const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const imports = (page: Page) => page.getByRole('list', { name: 'Imports' });

async function importByPath(page: Page, path: string): Promise<void> {
  await openPath(page, `${list}?import=true`);
  await page.getByLabel('Path of an .onnx file').fill(path);
  await page.keyboard.press('Enter');
}

test('the list says what there is, and what to do while nothing of the user is there', async ({ screens }) => {
  await openPath(screens, list);
  await expect(rowOf(screens, 'resnet50')).toContainText('25,557,032');
  await expect(rowOf(screens, 'resnet50')).toContainText(/4\.09 GMAC.*catalogue/);
  await expect(screens.getByText('None yet. Drop an .onnx file on this screen')).toBeVisible();
  await checkAccessible(screens);
});

test('a filter is kept in the address', async ({ screens }) => {
  await openPath(screens, list);
  await screens.getByLabel('Filter models').fill('bert');
  await expect(screens.getByRole('rowheader', { name: 'distilbert' })).toBeVisible();
  await expect(screens.getByRole('rowheader', { name: 'resnet50' })).toBeHidden();
  await expect(screens).toHaveURL(/text=bert/);
  await screens.reload();
  await expect(screens.getByLabel('Filter models')).toHaveValue('bert');
  await screens.getByLabel('Filter models').fill('nothing like it');
  await screens.getByRole('button', { name: 'Show all' }).click();
  await expect(screens.getByRole('rowheader', { name: 'resnet50' })).toBeVisible();
});

test('a model is imported by its path with the keyboard alone, and removed after asking once', async ({ screens }) => {
  await importByPath(screens, fixture('conv.onnx'));
  await expect(imports(screens)).toContainText('imported as conv');
  await expect(rowOf(screens, 'conv')).toContainText('present');
  await rowOf(screens, 'conv').getByRole('button', { name: 'Remove conv' }).focus();
  await screens.keyboard.press('Enter');
  const question = screens.getByRole('dialog', { name: 'Remove conv' });
  await expect(question).toContainText('Its file and all results stay.');
  await screens.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(rowOf(screens, 'conv')).toBeVisible();
  await screens.keyboard.press('Enter');
  await question.getByRole('button', { name: 'Remove the model' }).click();
  await expect(rowOf(screens, 'conv')).toBeHidden();
});

test('a path that leads nowhere and a name that is taken are said in the words of the host', async ({ screens }) => {
  await importByPath(screens, '/nowhere/model.onnx');
  await expect(imports(screens).getByRole('alert')).toContainText('There is no file /nowhere/model.onnx.');
  await expect(imports(screens).getByRole('alert')).toContainText('MODEL_NOT_FOUND');
  await screens.getByLabel('Path of an .onnx file').fill(fixture('conv.onnx'));
  await screens.getByLabel('Name (optional)').fill('resnet50');
  await screens.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(imports(screens)).toContainText('A reference model is called "resnet50" already.');
  await checkAccessible(screens);
});

test('a model whose file was removed while it was listed says so, with the remedy', async ({
  screens,
  dataDirectory,
}) => {
  const file = join(dataDirectory, 'detector.onnx');
  await cp(fixture('conv.onnx'), file);
  await importByPath(screens, file);
  await expect(rowOf(screens, 'detector')).toContainText('present');
  await rm(file);
  await screens.reload();
  await expect(rowOf(screens, 'detector')).toContainText('missing');
  await expect(rowOf(screens, 'detector')).toContainText('Put it back there, or remove the model.');
  await expect(screens.getByText('1 whose file is missing')).toBeVisible();
  await rowOf(screens, 'detector').getByRole('link', { name: 'detector' }).click();
  await expect(screens.getByRole('alert')).toContainText('MODEL_NOT_FOUND');
  await screens.getByRole('button', { name: 'Remove detector' }).click();
  await screens.getByRole('button', { name: 'Remove the model' }).click();
  await expect(screens).toHaveURL((url) => url.pathname === list);
  await expect(screens.getByRole('rowheader', { name: 'resnet50' })).toBeVisible();
  await expect(rowOf(screens, 'detector')).toBeHidden();
});

test.describe('files from a browser', { tag: '@web' }, () => {
  test('are taken in one after another, and a corrupt one is refused by itself', async ({
    screens,
    watch,
    dataDirectory,
  }) => {
    const broken = join(dataDirectory, 'broken.onnx');
    await cp(fixture('conv.onnx'), broken);
    await truncate(broken, 700);
    await openPath(screens, `${list}?import=true`);
    const chooser = screens.waitForEvent('filechooser');
    await screens.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles([fixture('conv.onnx'), broken, fixture('text.onnx')]);
    await expect(imports(screens).getByRole('listitem')).toHaveCount(3);
    await expect(imports(screens)).toContainText('imported as text');
    await expect(imports(screens).getByRole('alert')).toContainText('broken.onnx ends before the model does.');
    await expect(rowOf(screens, 'conv')).toContainText('present');
    await expect(screens.getByRole('rowheader', { name: 'broken' })).toBeHidden();
    watch.expectProblems(/status of 422/);
    await checkAccessible(screens);
    await screens.getByRole('button', { name: 'Close' }).click();
    await expect(imports(screens)).toBeHidden();
  });

  test('may be dropped anywhere on the screen', async ({ screens }) => {
    await openPath(screens, list);
    await expect(screens.getByRole('rowheader', { name: 'resnet50' })).toBeVisible();
    const transfer = await screens.evaluateHandle(
      (content) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(content)], 'dropped.onnx'));
        return data;
      },
      [...(await readFile(fixture('conv.onnx')))],
    );
    const target = screens.getByRole('heading', { name: 'Models', level: 1 });
    await target.dispatchEvent('dragover', { dataTransfer: transfer });
    await expect(screens.getByText('Let go to import.')).toBeVisible();
    await target.dispatchEvent('drop', { dataTransfer: transfer });
    await expect(imports(screens)).toContainText('imported as dropped');
    await expect(rowOf(screens, 'dropped')).toContainText('279');
  });

  test('of 3 GB are refused before anything is sent', async ({ screens, dataDirectory }) => {
    const large = join(dataDirectory, 'large.onnx');
    await writeFile(large, '');
    await truncate(large, 3 * 2 ** 30);
    let sent = false;
    screens.on('request', (request) => (sent ||= request.url().includes('/models/upload')));
    await openPath(screens, `${list}?import=true`);
    await screens.locator('input[type=file]').setInputFiles(large);
    const refusal = imports(screens).getByRole('alert');
    await expect(refusal).toContainText('large.onnx has 3 GiB, and a single ONNX file ends below 2 GiB.');
    await expect(refusal).toContainText('import it by its path on the machine that runs Inferometer');
    expect(sent).toBe(false);
  });

  test('can be cancelled on their way, and nothing of them is kept', async ({ screens, watch }) => {
    // The answer is held back, as on a slow line.
    await screens.route('**/models/upload**', () => undefined);
    await openPath(screens, `${list}?import=true`);
    await screens.locator('input[type=file]').setInputFiles(fixture('conv.onnx'));
    await imports(screens).getByRole('button', { name: 'Cancel' }).click();
    await expect(imports(screens)).toContainText('cancelled; nothing was kept');
    await expect(screens.getByRole('rowheader', { name: 'conv' })).toBeHidden();
    watch.expectProblems(/ERR_/);
  });
});

test.describe('while a measurement runs', { tag: '@web' }, () => {
  test.use({ session: createMeasuringSession() });

  test('a file is refused with the reason, and can be tried again', async ({ screens, watch }) => {
    await openPath(screens, `${list}?import=true`);
    await screens.locator('input[type=file]').setInputFiles(fixture('conv.onnx'));
    await expect(imports(screens).getByRole('alert')).toContainText('MACHINE_BUSY');
    await expect(imports(screens).getByRole('button', { name: 'Try again' })).toBeVisible();
    watch.expectProblems(/status of 409/);
  });
});

test('a model says what it is made of and what it costs at sizes that can be changed', async ({ screens }) => {
  await importByPath(screens, fixture('text.onnx'));
  await imports(screens).getByRole('link', { name: 'text' }).click();
  const cost = screens.getByRole('region', { name: 'Cost of one execution' });
  await expect(cost).toContainText('The model leaves the size of "sequence" open.');
  await cost.getByLabel('sequence').fill('4.5');
  await expect(cost).toContainText('Give a whole number from 0 on.');
  await expect(cost.getByRole('button', { name: 'Count' })).toBeDisabled();
  await cost.getByLabel('sequence').fill('8');
  await screens.keyboard.press('Enter');
  const nodes = cost.getByRole('table', { name: /Nodes \(13\)/ });
  await expect(nodes).toBeVisible();
  const shapeOfFirst = await nodes.getByRole('row').nth(1).textContent();
  await cost.getByLabel('Batch').fill('2');
  await screens.keyboard.press('Enter');
  await expect(nodes.getByRole('row').nth(1)).not.toHaveText(shapeOfFirst ?? '');
  await nodes.getByRole('button', { name: 'Operator' }).click();
  await expect(nodes.getByRole('columnheader', { name: 'Operator' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(nodes.getByRole('row').nth(1)).toContainText('Add');
  await expect(screens.getByRole('region', { name: 'Graph' }).getByRole('row', { name: /MatMul/ })).toContainText('3');
  await expect(screens.getByRole('region', { name: 'File' })).toContainText('5c8971b2b60ef773');
  await checkAccessible(screens);
});

test('a reference model is built on first use, and leads to its measurement and its results', async ({ screens }) => {
  await openPath(screens, `${list}/mlp-tabular`);
  await expect(screens.getByRole('region', { name: 'Graph' })).toContainText('150,794');
  await expect(screens.getByText('None yet: the file itself is the only variant of this model.')).toBeVisible();
  await screens.getByRole('link', { name: 'Results of this model' }).click();
  await expect(screens).toHaveURL(/\/measure\/results\?model=mlp-tabular/);
  await screens.goBack();
  await screens.getByRole('main').getByRole('link', { name: 'Measure' }).click();
  await expect(screens).toHaveURL(/\/measure\/new/);
});

test('a reference model that takes longer shows its progress, and is built on while other screens are open', async ({
  screens,
}) => {
  await openPath(screens, list);
  await screens.getByRole('link', { name: 'mobilenet-v2', exact: true }).click();
  await expect(screens.getByRole('progressbar', { name: 'Share of mobilenet-v2 that is built' })).toBeVisible();
  await screens.getByRole('link', { name: 'Settings' }).click();
  await expect(screens.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await screens.goBack();
  await expect(screens.getByRole('region', { name: 'Graph' })).toContainText('3,487,818', { timeout: 40_000 });
});

test('a model that nobody knows says which there are', async ({ screens }) => {
  await openPath(screens, `${list}/nothing`);
  await expect(screens.getByRole('alert')).toContainText('There is no model "nothing".');
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ clock: 'frozen' });

  test('the list with the import open', async ({ screens, host }) => {
    const { summary } = await importModel(fixture('conv.onnx'));
    // A path that exists nowhere and is the same everywhere.
    storeModel(host.core.storage, { name: 'detector', path: '/data/models/detector.onnx', summary });
    await openPath(screens, `${list}?import=true`);
    await expect(rowOf(screens, 'detector')).toContainText('missing');
    await screens.getByRole('heading', { name: 'Models', level: 1 }).click();
    await checkSnapshot(screens, 'models');
  });

  test('one model', async ({ screens, dataDirectory }) => {
    await openPath(screens, `${list}/digits-cnn`);
    await expect(screens.getByRole('table', { name: /Nodes/ })).toBeVisible();
    await checkSnapshot(screens, 'model', { mask: [screens.getByText(dataDirectory)] });
  });
});
