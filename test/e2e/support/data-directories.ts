import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scenarios, type ScenarioId } from '../scenarios/registry.ts';

/** Hands out data directories; each scenario is stored once and copied for every test. */
export interface DataDirectories extends AsyncDisposable {
  create(scenario: ScenarioId): Promise<string>;
}

export async function createDataDirectories(): Promise<DataDirectories> {
  const root = await mkdtemp(join(tmpdir(), 'inferometer-e2e-data-'));
  const stored = new Map<ScenarioId, Promise<string>>();

  async function store(scenario: ScenarioId): Promise<string> {
    const folder = await mkdtemp(join(root, `${scenario}-`));
    await scenarios[scenario](folder);
    return folder;
  }

  return {
    async create(scenario) {
      const original = stored.get(scenario) ?? store(scenario);
      stored.set(scenario, original);
      const copy = await mkdtemp(join(root, 'test-'));
      await cp(await original, copy, { recursive: true });
      return copy;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
