import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCore } from '../../src/core/create-core.ts';
import type { RunEvent } from '../../src/core/measure/run-ports.ts';
import { createSeededRandom } from '../../src/core/stats/seeded-random.ts';
import type { Storage } from '../../src/core/storage/open.ts';
import type { RunId } from '../../src/shared/domain/ids.ts';
import type { Plan } from '../../src/shared/domain/plan.ts';
import type { CellRecord, CellState } from '../../src/shared/domain/run.ts';

export interface KillOptions {
  plan: Plan;
  dataDirectory: string;
  lockPath: string;
  /** SIGKILL of an engine process, and of the process that measures. */
  engineKills: number;
  coreKills: number;
  /** Mean time between two kills; each is half to one and a half times as far from the one before. */
  meanGapMs: number;
  seed: number;
  say?: (line: string) => void;
}

/** What became of a run whose processes were killed. */
export interface KillReport {
  runId: RunId;
  engineKills: number;
  coreKills: number;
  /** Configurations that had ended and were begun again, or are stored otherwise than when they ended. */
  measuredAgain: number;
  /** Configurations that were reported as ended and were not stored as that after a kill. */
  lost: number;
  cells: Partial<Record<CellState, number>>;
  /** Hashes of what is stored of each configuration with its samples, by index. */
  hashes: ReadonlyMap<number, string>;
}

/** Measures a plan in a process of its own while it and its engines are killed, and goes on with it until it is complete. */
export async function measureUnderKills(options: KillOptions): Promise<KillReport> {
  const { plan, dataDirectory, say = () => undefined } = options;
  const random = createSeededRandom(options.seed);
  const share = (): number => (random.next() >>> 0) / 2 ** 32;
  const kills = shuffle([...repeat('engine', options.engineKills), ...repeat('core', options.coreKills)], share);
  const done = { engine: 0, core: 0 };
  const ended = new Set<number>();
  const known = new Map<number, string>();
  let measuredAgain = 0;
  let lost = 0;
  /** Written where messages come in. */
  const run: { id: RunId | null } = { id: null };

  const start = (): ChildProcess => {
    const child = forkChild(options, run.id === null ? { PLAN: JSON.stringify(plan) } : { RESUME: run.id });
    child.on('message', (event: RunEvent) => {
      if (event.type === 'started') run.id = event.runId;
      if (event.type === 'cell-started' && ended.has(event.index)) measuredAgain++;
      if (event.type === 'cell-finished') ended.add(event.index);
    });
    return child;
  };
  /** Everything that was reported has to be there, as it was. */
  const compare = (storage: Storage, id: RunId): void => {
    const cells = storage.cells.ofRun(id);
    for (const cell of cells.filter(hasEnded)) {
      const hash = hashCell(storage, cell);
      if ((known.get(cell.index) ?? hash) !== hash) measuredAgain++;
      known.set(cell.index, hash);
      ended.add(cell.index);
    }
    lost += cells.filter((cell) => ended.has(cell.index) && !hasEnded(cell)).length;
  };

  let child = start();
  let exited = once(child, 'exit');
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  for (const kind of kills) {
    await Promise.race([sleep(options.meanGapMs * (0.5 + share())), exited]);
    // Before it is stored there is nothing that a kill could harm.
    while (run.id === null && isRunning()) await sleep(20);
    if (kind === 'engine') {
      if (await killEngine(child, isRunning, share)) done.engine++;
      continue;
    }
    const { id } = run;
    if (id === null || !isRunning()) continue;
    child.kill('SIGKILL');
    await exited;
    done.core++;
    inspect(dataDirectory, (storage) => compare(storage, id));
    say(`${done.engine} engines and the core ${done.core} times killed, ${ended.size} configurations have ended`);
    child = start();
    exited = once(child, 'exit');
  }
  await exited;
  const { id } = run;
  if (id === null) throw new Error('The run never began');
  inspect(dataDirectory, (storage) => compare(storage, id));
  return {
    runId: id,
    engineKills: done.engine,
    coreKills: done.core,
    measuredAgain,
    lost,
    cells: countStates(dataDirectory, id),
    hashes: known,
  };
}

/** Measures again what ended without a result, and says what is stored then. */
export async function retryRun(
  options: Pick<KillOptions, 'dataDirectory' | 'lockPath'>,
  { runId, hashes }: KillReport,
): Promise<Pick<KillReport, 'measuredAgain' | 'cells'>> {
  const completed = new Set<number>();
  inspect(options.dataDirectory, (storage) => {
    for (const { index, outcome } of storage.cells.ofRun(runId))
      if (outcome.state === 'completed') completed.add(index);
  });
  await once(forkChild(options, { RESUME: runId, RETRY: '1' }), 'exit');
  let measuredAgain = 0;
  inspect(options.dataDirectory, (storage) => {
    for (const cell of storage.cells.ofRun(runId)) {
      if (completed.has(cell.index) && hashCell(storage, cell) !== hashes.get(cell.index)) measuredAgain++;
    }
  });
  return { measuredAgain, cells: countStates(options.dataDirectory, runId) };
}

function forkChild(
  { dataDirectory, lockPath }: Pick<KillOptions, 'dataDirectory' | 'lockPath'>,
  work: Readonly<Record<string, string>>,
): ChildProcess {
  return fork(new URL('./run-plan-child.ts', import.meta.url), [], {
    execArgv: [],
    env: { ...process.env, DATA_DIR: dataDirectory, LOCK: lockPath, ...work },
  });
}

/** Kills one of the engines that run at the moment, or the next one to start. False when there will be none. */
async function killEngine(core: ChildProcess, isRunning: () => boolean, share: () => number): Promise<boolean> {
  while (isRunning()) {
    const engines = childrenOf(core.pid ?? 0);
    const chosen = engines[Math.floor(share() * engines.length)];
    if (chosen !== undefined) {
      try {
        process.kill(chosen, 'SIGKILL');
        return true;
      } catch {
        // It ended between the look and the kill.
      }
    }
    await sleep(20);
  }
  return false;
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

function inspect(dataDirectory: string, look: (storage: Storage) => void): void {
  using core = createCore({ dataDirectory });
  look(core.storage);
}

function countStates(dataDirectory: string, runId: RunId): KillReport['cells'] {
  const counts: KillReport['cells'] = {};
  inspect(dataDirectory, (storage) => {
    for (const { outcome } of storage.cells.ofRun(runId)) counts[outcome.state] = (counts[outcome.state] ?? 0) + 1;
  });
  return counts;
}

function hasEnded({ outcome }: CellRecord): boolean {
  return outcome.state !== 'pending' && outcome.state !== 'running';
}

/** Of everything that is stored of a configuration: outcome, provenance, times and every stamp. */
function hashCell(storage: Storage, cell: CellRecord): string {
  const hash = createHash('sha256').update(JSON.stringify(cell));
  for (const { samples } of storage.series.read(cell.id)) hash.update(samples.issuedNs).update(samples.completedNs);
  return hash.digest('hex');
}

function repeat<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value);
}

function shuffle<T>(items: readonly T[], share: () => number): T[] {
  return items
    .map((item) => ({ item, key: share() }))
    .toSorted((left, right) => left.key - right.key)
    .map(({ item }) => item);
}
