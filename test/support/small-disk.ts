import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** A disk of 4 MiB, where this system lets the tests have one (Linux, as root). */
export function mountSmallDisk(folder: string): (Disposable & { path: string }) | undefined {
  return mount(folder, 'size=4m');
}

/** A disk that not even root may write to, under the same condition. */
export function mountReadOnlyDisk(folder: string): (Disposable & { path: string }) | undefined {
  return mount(folder, 'ro');
}

function mount(folder: string, option: string): (Disposable & { path: string }) | undefined {
  const target = path.join(folder, 'disk');
  mkdirSync(target);
  try {
    runAsRoot('mount', '-t', 'tmpfs', '-o', option, 'tmpfs', target);
  } catch {
    return undefined;
  }
  return { path: target, [Symbol.dispose]: () => runAsRoot('umount', target) };
}

function runAsRoot(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: 'ignore' });
}
