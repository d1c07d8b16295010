import { cp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { createApiContext } from '../../src/core/api/context.ts';
import { createCore } from '../../src/core/create-core.ts';
import type { EngineProcess } from '../../src/core/engine-client/engine-process.ts';
import { resourcePath, screensFolder } from '../../src/core/resources.ts';
import { startServer } from '../../src/server/start-server.ts';
import { limitDatabase } from '../support/limited-database.ts';
import { lockDatabase } from '../support/lock-database.ts';
import { shortPlan } from '../support/short-plan.ts';
import type { RunningHost } from './support/host.ts';
import { expect, openPath, test } from './support/test.ts';

/** Whatever goes wrong here tells one sentence with a remedy, and loses nothing. */

const warmUp = { minRuns: 10, minS: 0.05, maxS: 0.2, tolerance: 0.5 };
const main = (page: Page) => page.getByRole('main');

async function openImport(page: Page): Promise<void> {
  await openPath(page, '/measure/models?import=true');
  await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
}

async function choose(page: Page, file: string): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).click();
  await (await choosing).setFiles(file);
}

const imports = (page: Page) => page.getByRole('list', { name: 'Imports' });

test.describe('input that the contract does not admit', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs' });

  test('in an address is named, and the way to what there is', async ({ screens }) => {
    await openPath(screens, '/measure/results/run_nonsense');
    await expect(main(screens)).toContainText('There is no result run_nonsense');
    await expect(main(screens).getByRole('link', { name: 'Show all results' })).toBeVisible();
    await openPath(screens, '/measure/models/no-such-model');
    await expect(main(screens).getByRole('alert')).toContainText('no-such-model');
  });

  test('in a request of the page is answered with the field that does not parse', async ({ screens, watch }) => {
    watch.expectProblems(/status of 422/);
    const { status, body } = await screens.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const sent = JSON.stringify({ json: { plan: { models: [] } } });
      const response = await fetch('/api/runs/start', { method: 'POST', headers, body: sent });
      return { status: response.status, body: await response.text() };
    });
    expect(status).toBe(422);
    expect(body).toContain('The request does not follow the contract: plan.');
  });
});

test.describe('a file that is no model', { tag: '@web' }, () => {
  test('is refused when it is dropped, and nothing of it is kept', async ({ screens, host, watch }) => {
    watch.expectProblems(/status of 422/);
    await openImport(screens);
    const dropped = await screens.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(4_096).fill(255)], 'holiday.onnx'));
      return transfer;
    });
    await screens.getByText('Drop .onnx files here').dispatchEvent('drop', { dataTransfer: dropped });
    const item = imports(screens).getByRole('listitem');
    await expect(item).toContainText('holiday.onnx');
    await expect(item.getByRole('alert')).toContainText(/MODEL_(NOT_ONNX|TRUNCATED|INVALID)/);
    expect(host.core.storage.models.list()).toEqual([]);
  });

  test('of 3 GiB is refused before anything is sent', async ({ screens, dataDirectory }) => {
    const file = join(dataDirectory, 'large.onnx');
    // Takes no room on the disk.
    await writeFile(file, '');
    await truncate(file, 3 * 2 ** 30);
    const sent: string[] = [];
    screens.on('request', (request) => sent.push(request.url()));
    await openImport(screens);
    await choose(screens, file);
    const alert = imports(screens).getByRole('alert');
    await expect(alert).toContainText('large.onnx has 3 GiB, and a single ONNX file ends below 2 GiB.');
    await expect(alert).toContainText('external data');
    expect(sent.filter((url) => url.includes('upload'))).toEqual([]);
  });
});

test.describe('a model whose file is removed while it is listed', { tag: '@web' }, () => {
  test('is said to be missing where it is opened and where it is measured', async ({
    screens,
    host,
    dataDirectory,
  }) => {
    const file = join(dataDirectory, 'mine.onnx');
    await cp(resourcePath('engine', 'probe.onnx'), file);
    await openImport(screens);
    await screens.getByLabel('Path of an .onnx file').fill(file);
    await screens.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(imports(screens)).toContainText('imported as mine');
    await rm(file);
    await imports(screens).getByRole('link', { name: 'mine' }).click();
    await expect(main(screens).getByRole('alert')).toContainText(file);
    await openPath(screens, '/measure/live');
    await expect(main(screens)).toContainText('Nothing was measured yet.');
    await host.context.sessions.start(shortPlan({ models: ['mine'] })).catch(() => undefined);
    await expect(main(screens).getByRole('heading', { name: 'Nothing was measured' })).toBeVisible();
    await expect(main(screens).getByRole('alert')).toContainText('MODEL_NOT_FOUND');
    expect(host.core.storage.models.list()).toHaveLength(1);
  });
});

test.describe('an engine that crashes while it is looked at', { tag: '@web' }, () => {
  test.use({ machine: 'real' });

  test('ends its configuration alone, with what was measured until then', async ({ screens, host }) => {
    const engines: EngineProcess[] = [];
    const { spawn } = host.core;
    host.core.spawn = (options) => {
      const engine = spawn(options);
      engines.push(engine);
      return engine;
    };
    await openPath(screens, '/measure/live');
    const plan = shortPlan({ models: ['digits-cnn'], batches: [1, 2], override: { minDurationS: 3, warmUp } });
    await host.context.sessions.start(plan);
    await expect(screens.getByRole('img', { name: /of the queries so far/ })).toBeVisible();
    process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL');
    const crashed = main(screens).getByRole('row').nth(1);
    await expect(crashed).toContainText('engine crashed');
    await expect(crashed).toContainText(/The engine process ended .* while it measured\./);
    const completed = main(screens).getByRole('heading', { name: 'Completed: 1 of 2 configurations measured' });
    await expect(completed).toBeVisible({ timeout: 30_000 });
    await expect(main(screens).getByRole('row').nth(2)).toContainText(/VALID/);
  });
});

test.describe('a host that is stopped while its page is open', { tag: '@web' }, () => {
  test.use({ scenario: 'finished-runs' });

  test('is said to be gone, and a new one to need its new address', async ({ screens, host, watch, dataDirectory }) => {
    watch.expectProblems(/WebSocket|ERR_CONNECTION|status of 401/);
    await openPath(screens, '/measure/live');
    await host.context.sessions.start(shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60, warmUp } }));
    await expect(screens.getByRole('img', { name: /of the queries so far/ })).toBeVisible();
    await host.close();
    const note = screens.getByRole('alert').first();
    await expect(note).toContainText('Inferometer does not answer: it was stopped');
    await expect(note).toContainText('When the tunnel is up again, this page reconnects by itself.');
    await expect(note).toContainText('start it again and open the new address that it prints');
    await expect(note).toContainText('A host that still runs keeps measuring');
    await expect(screens.getByRole('link', { name: /last known: digits-cnn/ })).toBeVisible();
    await expect(main(screens)).toContainText('State from before the connection was lost.');
    for (const button of await screens.getByRole('button', { name: 'Cancel', exact: true }).all()) {
      await expect(button).toBeDisabled();
    }
    await using again = await startAgain(host, dataDirectory);
    await expect(note).toContainText('This page is not signed in to the Inferometer that runs now.');
    await expect(note).toContainText('Open the address that it printed when it started, token included.');
    await screens.goto(again.url);
    await openPath(screens, '/measure/live');
    await expect(main(screens)).toContainText('0 of 1 configuration measured; cancelled.');
    await expect(main(screens).getByRole('button', { name: 'Measure the rest' })).toBeEnabled();
  });
});

/** The same command again: same port, same data, another token. */
async function startAgain(host: RunningHost, dataDirectory: string): Promise<AsyncDisposable & { url: string }> {
  const core = createCore({ dataDirectory, environment: {} });
  const context = createApiContext(core, { lockPath: join(dataDirectory, 'measuring.lock') });
  const port = Number(new URL(host.origin).port);
  const server = await startServer({ context, port, staticFolder: screensFolder(), log: () => undefined });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      core[Symbol.dispose]();
    },
  };
}

test.describe('a database', { tag: '@web' }, () => {
  const theme = (page: Page) => page.getByRole('group', { name: 'Theme' });

  test('that another process has locked refuses a change, and takes it afterwards', async ({ screens, host }) => {
    await openPath(screens, '/settings');
    await theme(screens).getByText('Dark').click();
    await expect(theme(screens)).toContainText('Saved');
    await using lock = await lockDatabase(host.core.directory.database);
    await theme(screens).getByText('Light').click();
    await expect(theme(screens).getByRole('alert')).toContainText(/locked by another process/);
    await expect(theme(screens).getByRole('radio', { name: 'Dark' })).toBeChecked();
    await lock.release();
    await theme(screens).getByText('Light').click();
    await expect(theme(screens)).toContainText('Saved');
    expect(host.core.storage.settings.get().theme).toBe('light');
  });

  test('that may only be read refuses a change and a measurement', async ({ screens, host }) => {
    const limits = limitDatabase(host.core.directory.database);
    host.core.storage = limits.storage;
    limits.forbidWriting();
    await openPath(screens, '/settings');
    await theme(screens).getByText('Dark').click();
    await expect(theme(screens).getByRole('alert')).toContainText(/cannot be opened for writing/);
    await openPath(screens, '/measure/live');
    await expect(main(screens)).toContainText('Nothing was measured yet.');
    await host.context.sessions.start(shortPlan({ models: ['digits-cnn'] })).catch(() => undefined);
    await expect(main(screens).getByRole('alert')).toContainText('STORAGE_UNUSABLE');
    limits.storage.close();
  });

  test('without room keeps a result in sight until it is saved or stored', async ({ screens, host }) => {
    const limits = limitDatabase(host.core.directory.database);
    host.core.storage = limits.storage;
    await openPath(screens, '/measure/live');
    await host.context.sessions.start(shortPlan({ models: ['digits-cnn'], override: { minDurationS: 2, warmUp } }));
    await expect(screens.getByRole('img', { name: /of the queries so far/ })).toBeVisible();
    limits.forbidGrowth();
    await expect(main(screens).getByRole('heading', { name: '1 result is not stored' })).toBeVisible();
    await expect(main(screens)).toContainText('STORAGE_FULL');
    await expect(main(screens).getByRole('row').nth(1)).toContainText(/not stored.*samples\/s/);
    const downloading = screens.waitForEvent('download');
    await main(screens).getByRole('button', { name: 'Save as a file' }).click();
    expect((await downloading).suggestedFilename()).toMatch(/^inferometer-run_\w+-not-stored\.json$/);
    limits.lift();
    await main(screens).getByRole('button', { name: 'Measure the rest' }).click();
    await expect(
      main(screens).getByRole('heading', { name: 'Completed: 1 of 1 configuration measured' }),
    ).toBeVisible();
    await host.context.sessions.close();
    limits.storage.close();
  });
});
