import { acquireLock } from '../../src/core/measure/lock.ts';

/** One line of a part: what was asked for, what came out. Texts are ready to print. */
export interface Figure {
  what: string;
  /** null: there is no target, the figure is for information. */
  target: string | null;
  figure: string;
  met: boolean | null;
}

/** What a part found. */
export interface Findings {
  figures: Figure[];
  /** Sentences that belong to the figures: what was measured, and how. */
  notes: string[];
  /** Output of another script, kept as it was printed. */
  verbatim?: string;
}

/** A part ends with figures, or says in one sentence why it cannot be measured here. */
export type PartEnd = ({ state: 'measured' } & Findings) | { state: 'skipped'; reason: string };

export interface PartOptions {
  /** Shortened for trials: nothing that comes out counts. */
  quick: boolean;
  /** Blocks of either side in `harness`, `sensors` and `live-screen`. */
  blocks: number;
  /** Pairs of measurements in `aa`, and comparisons of a model with itself in `compare-aa`. */
  repeats: number;
  /** Data directory whose reference models are used, built on first use. */
  dataDirectory: string;
  /** Models of PyTorch's exporters, written on first use where Python has what that needs. */
  exportedFolder: string;
  /** Empty folder for everything that this part writes; removed at the end. */
  workspace: string;
  /** Says where the work is; one line. */
  say: (line: string) => void;
}

/** A group of targets that are measured together. */
export interface PerformancePart {
  id: string;
  title: string;
  run: (options: PartOptions) => Promise<PartEnd>;
}

/** A figure with an upper limit, in the unit of both. `format` writes either. */
export function limitedFigure(
  what: string,
  value: number,
  limit: number,
  format: (value: number) => string,
  written?: string,
): Figure {
  return { what, target: `at most ${format(limit)}`, figure: written ?? format(value), met: value <= limit };
}

/** A figure without a target. */
export function plainFigure(what: string, figure: string): Figure {
  return { what, target: null, figure, met: null };
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 3 : 1)} ms`;
}

/** The word in the last column. */
export function toVerdict({ met }: Figure, trial: boolean): string {
  if (met === null) return 'no target';
  if (trial) return 'trial';
  return met ? 'PASS' : 'FAIL';
}

/** Takes the machine as a measurement does, so that the two cannot run at once. Waits for its turn. */
export function lockMachine({ say }: Pick<PartOptions, 'say'>): Promise<Disposable> {
  return acquireLock({
    wait: true,
    onWaiting: ({ pid }) => say(`waiting for a measurement that is running (process ${pid})`),
  });
}
