import { readFileSync } from 'node:fs';
import path from 'node:path';
import { quote, type CommandLine } from '../shared/command.ts';
import type { RunId } from '../shared/domain/ids.ts';
import { InferometerError } from '../shared/errors.ts';
import type { SpawnEngine } from './engine-client/engine-process.ts';
import { createNodeSpawner } from './engine-client/node-spawner.ts';
import { detectMachine } from './hardware/detect-machine.ts';
import { invocation as ownInvocation } from './invocation.ts';
import { isProcessAlive } from './measure/process-identity.ts';
import type { RunPorts } from './measure/run-ports.ts';
import { engineEntryPath, packageRoot } from './resources.ts';
import { defaultRoot, resolveDataDirectory } from './storage/data-directory.ts';
import { openStorage, type Storage } from './storage/open.ts';

/** What every host opens once: storage, engines and this machine. Closing it closes the database. */
export interface Core extends RunPorts, Disposable {
  /** Runs that an earlier process left unfinished; they can be resumed. */
  interrupted: readonly RunId[];
  /** How the same data is worked on from a terminal; null where no command line comes with the host. */
  commandLine: CommandLine | null;
}

export interface CoreOptions {
  /** Value of --data-dir. */
  dataDirectory?: string | undefined;
  environment?: Readonly<Record<string, string | undefined>>;
  spawn?: SpawnEngine;
  /** What is typed to start the command line, null where there is none; found out unless given. */
  invocation?: string | null;
}

/** Version from package.json, and the commit: what a release build wrote there, or what a clone has checked out. */
function readAppVersion(): { version: string; commit: string | null } {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
    commit?: string;
  };
  return { version: manifest.version, commit: manifest.commit ?? readCheckedOutCommit() };
}

function readCheckedOutCommit(): string | null {
  const git = path.join(packageRoot, '.git');
  try {
    const head = readFileSync(path.join(git, 'HEAD'), 'utf8').trim();
    const ref = /^ref: (\S+)$/.exec(head)?.[1];
    const commit = ref === undefined ? head : readFileSync(path.join(git, ref), 'utf8').trim();
    return /^[0-9a-f]{40,64}$/.test(commit) ? commit : null;
  } catch {
    // Installed from a package, or a ref that git has packed away.
    return null;
  }
}

function describeCommandLine(invocation: string | null, root: string): CommandLine | null {
  if (invocation === null) return null;
  return { invocation, options: root === defaultRoot() ? '' : `--data-dir ${quote(root)}` };
}

/** Marks runs of processes that are gone. A full disk must not keep anybody from looking at what is stored. */
function recoverRuns(storage: Storage): readonly RunId[] {
  try {
    return storage.runs.recoverInterrupted(isProcessAlive);
  } catch (error) {
    if (error instanceof InferometerError && error.code === 'STORAGE_FULL') return [];
    throw error;
  }
}

/**
 * Opens the data directory and its database, and marks runs whose process is gone as interrupted.
 * Throws STORAGE_UNUSABLE and STORAGE_FULL.
 */
export function createCore(options: CoreOptions = {}): Core {
  const { environment = process.env, invocation = ownInvocation } = options;
  const directory = resolveDataDirectory({ flag: options.dataDirectory, env: environment });
  const storage = openStorage(directory.database);
  const interrupted = recoverRuns(storage);
  return {
    directory,
    storage,
    interrupted,
    commandLine: describeCommandLine(invocation, directory.root),
    spawn: options.spawn ?? createNodeSpawner(engineEntryPath()),
    app: readAppVersion(),
    // Anew for each run: hardware stays, but memory, clocks, power source and load of a host that runs for days do not.
    detectMachine: () => detectMachine(),
    [Symbol.dispose]() {
      storage.close();
    },
  };
}
