import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** How a program and all that it started went. */
export interface TreeRun {
  /** From the start of the program to its end, s. */
  wallS: number;
  /** Most that all its processes had resident at one time; pages that they share count once for each. */
  peakBytes: number;
  output: string;
}

const lookEveryMs = 5;
/** Finding new processes means going through all of the machine. */
const searchEveryMs = 50;
const pageBytes = 4096;

/** Runs a program to its end and follows its processes. Linux only. Throws with the end of its standard error where it fails. */
export function runTree(command: string, words: readonly string[]): Promise<TreeRun> {
  return new Promise((resolve, reject) => {
    const startNs = process.hrtime.bigint();
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const tree = new Set(child.pid === undefined ? [] : [child.pid]);
    let peakBytes = 0;
    const look = (): void => {
      const processes = [...tree];
      const together = processes.reduce((sum, pid) => sum + residentBytes(pid), 0);
      peakBytes = Math.max(peakBytes, together, ...processes.map(highWaterMark));
    };
    const timers = [
      setInterval(look, lookEveryMs),
      setInterval(() => {
        addDescendants(tree);
      }, searchEveryMs),
    ];
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => {
      for (const timer of timers) clearInterval(timer);
      const wallS = Number(process.hrtime.bigint() - startNs) / 1e9;
      if (code === 0) resolve({ wallS, peakBytes, output });
      else reject(new Error(`${command} ended with ${code}: ${errors.trim().slice(-500)}`));
    });
  });
}

function addDescendants(tree: Set<number>): void {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  for (const pid of tree) if (!parents.has(pid)) tree.delete(pid);
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
}

/** The fourth field of the line, after the name, which may hold anything in its brackets (proc(5)). */
function parentOf(pid: number): number {
  return Number(
    read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[1],
  );
}

function residentBytes(pid: number): number {
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;
}

/** The kernel's own mark of one process, which no look can miss. */
function highWaterMark(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
