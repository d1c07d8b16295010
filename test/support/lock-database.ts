import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { packageRoot } from '../../src/core/resources.ts';

/** Holds the write lock of a database from another process until it is released. */
export async function lockDatabase(file: string): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const code = `
    import { openDatabase } from './src/core/storage/database.ts';
    // Held by the process: a connection that nothing refers to is closed.
    globalThis.held = openDatabase(process.argv[1]).sqlite.exec('BEGIN EXCLUSIVE');
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code, file], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const release = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  return { release, [Symbol.asyncDispose]: release };
}
