import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** Fields of nvidia-smi that are followed, in the order of its columns. */
const FIELDS = [
  'count',
  'name',
  'clocks.current.sm',
  'clocks.max.sm',
  'temperature.gpu',
  'power.draw',
  'memory.used',
  'utilization.gpu',
  'clocks_throttle_reasons.active',
] as const;
export type SmiField = (typeof FIELDS)[number];

/** nvidia-smi that runs beside a measurement and answers twice a second. */
export interface SmiStream {
  /** The newest answer as nvidia-smi wrote it, in its own unit; null where it knows none, or has stopped. */
  read(field: SmiField): string | null;
  close(): void;
}

/** A program that writes lines until it is stopped. */
export interface LineProgram {
  stop(): void;
}
export type StartLines = (
  command: string,
  args: readonly string[],
  onLine: (line: string) => void,
  onEnd: (reason: string) => void,
) => LineProgram;

/** A driver that wakes up takes a second or two. */
const FIRST_ANSWER_MS = 5_000;
const EVERY_MS = 500;

/**
 * Starts nvidia-smi as a source of readings, for where its library cannot be loaded into this process. `gpu` is a UUID,
 * or null where there is only one GPU.
 */
export async function openSmiStream(
  gpu: string | null,
  start: StartLines = startProgram,
): Promise<Observed<SmiStream>> {
  const args = [
    `--query-gpu=${FIELDS.join(',')}`,
    '--format=csv,noheader,nounits',
    `--loop-ms=${EVERY_MS}`,
    ...(gpu === null ? [] : [`--id=${gpu}`]),
  ];
  let latest: readonly string[] | null = null;
  const first = Promise.withResolvers<string | null>();
  const program = start(
    'nvidia-smi',
    args,
    (line) => {
      const cells = line.split(',').map((cell) => cell.trim());
      if (cells.length !== FIELDS.length) {
        // What it writes instead of values is its reason.
        first.resolve(line.trim());
        return;
      }
      latest = cells;
      first.resolve(null);
    },
    (reason) => {
      latest = null;
      first.resolve(reason);
    },
  );
  const timer = setTimeout(() => first.resolve('it did not answer'), FIRST_ANSWER_MS);
  const problem = await first.promise;
  clearTimeout(timer);
  const read = (field: SmiField): string | null => toValue(latest?.[FIELDS.indexOf(field)]);
  const count = Number(read('count'));
  if (problem === null && (gpu !== null || count === 1)) return present({ read, close: () => program.stop() });
  program.stop();
  return problem === null
    ? absent(
        `nvidia-smi shows ${count} GPUs, and nothing tells which of them is used`,
        'Name one by its UUID in CUDA_VISIBLE_DEVICES, as nvidia-smi -L lists them.',
      )
    : absent(`nvidia-smi does not help either: ${problem}`);
}

/** "[N/A]", "[Not Supported]" and the like are answers without a value. */
function toValue(cell: string | undefined): string | null {
  return cell === undefined || cell === '' || cell === 'N/A' || cell.startsWith('[') ? null : cell;
}

function startProgram(...[command, args, onLine, onEnd]: Parameters<StartLines>): LineProgram {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  createInterface({ input: child.stdout }).on('line', onLine);
  child.once('error', ({ message }) => onEnd(message));
  child.once('exit', () => onEnd('it has ended'));
  // It must neither keep this process alive nor outlive it.
  child.unref();
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  return {
    stop() {
      process.off('exit', stop);
      stop();
    },
  };
}
