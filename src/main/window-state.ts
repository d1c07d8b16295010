import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Display, Rectangle } from 'electron';
import { z } from 'zod';

const windowStateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  maximized: z.boolean(),
});
/** Bounds of the window when it is not maximized, in device-independent pixels. */
export type WindowState = z.infer<typeof windowStateSchema>;

/** Where to put the window; without x and y the system finds a place. */
export interface WindowPlace {
  x?: number;
  y?: number;
  width: number;
  height: number;
  maximized: boolean;
}

export const smallestWindow = { width: 960, height: 640 };
const usualWindow = { width: 1_280, height: 800 };
/** So much of the title bar has to be on a display that the window can be taken by it. */
const graspable = { width: 120, height: 32 };

/** Turns what was saved into a place on the displays that are there now; they may have changed since. */
export function placeWindow(saved: WindowState | null, displays: readonly Pick<Display, 'workArea'>[]): WindowPlace {
  if (saved === null) return { ...usualWindow, maximized: false };
  const { maximized } = saved;
  const titleBar = { x: saved.x, y: saved.y, width: saved.width, height: graspable.height };
  const display = displays.find(({ workArea }) => {
    const { width, height } = overlap(titleBar, workArea);
    return width >= graspable.width && height >= graspable.height;
  });
  if (display === undefined) return { ...usualWindow, maximized };
  const { workArea } = display;
  return {
    x: saved.x,
    y: saved.y,
    width: clamp(saved.width, smallestWindow.width, workArea.width),
    height: clamp(saved.height, smallestWindow.height, workArea.height),
    maximized,
  };
}

/** What was saved; null for nothing, or for a file that is no window state: it is worth no question. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the file in one step. A place that could not be saved is forgotten and keeps nobody from closing. */
export function saveWindowState(file: string, state: WindowState): void {
  const partial = `${file}.partial`;
  try {
    writeFileSync(partial, JSON.stringify(state), { mode: 0o600 });
    renameSync(partial, file);
  } catch {
    // A full disk, or a folder that is gone.
  }
}

function overlap(one: Rectangle, other: Rectangle): { width: number; height: number } {
  return {
    width: Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x),
    height: Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y),
  };
}

/** The upper bound gives way: a display smaller than the smallest window cannot be helped. */
function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
