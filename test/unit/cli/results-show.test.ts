import { expect, it, vi } from 'vitest';
import { showResults } from '../../../src/cli/actions/results.ts';
import type { CommandHost } from '../../../src/cli/host.ts';
import { createCore } from '../../../src/core/create-core.ts';
import {
  createCompleted,
  createConfig,
  createTemporaryFolder,
  finishCell,
  simulateSeries,
  storeRun,
} from '../storage/sample-run.ts';

it('the samples of a run are decoded only where they are asked for', async () => {
  using folder = createTemporaryFolder();
  using core = createCore({ dataDirectory: folder.path });
  const runId = storeRun(core.storage, { createdAtMs: 1_767_323_045_000, configs: [createConfig()] });
  finishCell(core.storage, runId, 0, createCompleted(2e6), [simulateSeries(100, 1)]);
  const read = vi.spyOn(core.storage.series, 'read');
  const ignore = (): void => undefined;
  const host: CommandHost = {
    terminal: {
      width: 80,
      paint: (_style, text) => text,
      print: ignore,
      note: ignore,
      progress: ignore,
      endProgress: ignore,
      write: () => Promise.resolve(),
    },
    signal: AbortSignal.timeout(60_000),
    openCore: () => Promise.resolve(core),
    json: true,
    answer: () => undefined,
  };
  expect((await showResults(host, runId, { samples: false })).data).toMatchObject({ series: null });
  expect(read).not.toHaveBeenCalled();
  const { data } = await showResults(host, runId, { samples: true });
  expect(data).toMatchObject({ series: [{ cell: 0, process: 0, issuedNs: { length: 100 } }] });
});
