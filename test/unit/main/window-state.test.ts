import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWindow, reveal } from '../../../src/main/window.ts';
import { placeWindow, readWindowState, saveWindowState, type WindowState } from '../../../src/main/window-state.ts';
import { WindowDouble } from './doubles.ts';

const laptop = { workArea: { x: 0, y: 25, width: 1_440, height: 875 } };
const second = { workArea: { x: 1_440, y: 0, width: 1_920, height: 1_080 } };
const saved: WindowState = { x: 1_500, y: 100, width: 1_200, height: 800, maximized: false };

describe('the place of the window', () => {
  it('is where it was, on the display where it was', () => {
    expect(placeWindow(saved, [laptop, second])).toEqual(saved);
  });

  it('is chosen by the system when nothing was saved', () => {
    const place = placeWindow(null, [laptop]);
    expect([place.x, place.y]).toEqual([undefined, undefined]);
  });

  it.each([
    ['a display that is gone', saved],
    ['above every display', { ...saved, x: 100, y: -500 }],
    ['below the work area', { ...saved, x: 100, y: 890 }],
    ['to the left but for a sliver', { ...saved, x: -1_150, y: 100 }],
  ])('is chosen anew for %s, and stays maximized', (_, lost) => {
    const place = placeWindow({ ...lost, maximized: true }, [laptop]);
    expect([place.x, place.y, place.maximized]).toEqual([undefined, undefined, true]);
  });

  it('fits the display, but is never too small to use', () => {
    const large = placeWindow({ ...saved, x: 0, y: 30, width: 9_000, height: 9_000 }, [laptop]);
    expect([large.width, large.height]).toEqual([1_440, 875]);
    const small = placeWindow({ ...saved, x: 0, y: 30, width: 200, height: 100 }, [laptop]);
    expect(small.width).toBeGreaterThan(900);
    expect(small.height).toBeGreaterThan(600);
  });
});

describe('the kept state', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'window-'));
    file = path.join(folder, 'window.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is read as it was saved, and leaves no other file', () => {
    saveWindowState(file, saved);
    expect(readWindowState(file)).toEqual(saved);
    expect(readdirSync(folder)).toEqual(['window.json']);
  });

  it.each(['', '{', 'null', '[]', '{"x":1}', '{"x":"1","y":0,"width":10,"height":10,"maximized":false}'])(
    'is none when the file says %j',
    (text) => {
      writeFileSync(file, text);
      expect(readWindowState(file)).toBeNull();
    },
  );

  it('is given up in silence when it cannot be kept', () => {
    saveWindowState(path.join(folder, 'missing', 'window.json'), saved);
    expect(readWindowState(path.join(folder, 'missing', 'window.json'))).toBeNull();
  });

  function open(): { window: WindowDouble; options: BrowserWindowConstructorOptions } {
    const window = new WindowDouble();
    let options: BrowserWindowConstructorOptions = {};
    openWindow({
      createWindow: (given) => {
        options = given;
        return window.asWindow;
      },
      webPreferences: { sandbox: true },
      displays: [laptop],
      stateFile: file,
      icon: '/icon.png',
      isDark: true,
    });
    return { window, options };
  }

  it('is what the next window opens with', () => {
    const first = open();
    first.window.bounds = { x: 40, y: 50, width: 1_100, height: 760 };
    first.window.isMax = true;
    first.window.close();
    const next = open();
    expect(next.options).toMatchObject({ x: 40, y: 50, width: 1_100, height: 760 });
    expect(next.window.isMax).toBe(true);
  });

  it('opens hidden on the own page and shows when that has painted', () => {
    const { window, options } = open();
    expect([options.show, window.isShown, window.address]).toEqual([false, false, 'app://inferometer/']);
    window.emit('ready-to-show');
    expect(window.isShown).toBe(true);
  });

  it('is brought to the front from the task bar', () => {
    const window = new WindowDouble();
    reveal(window.asWindow);
    expect(window.calls).toEqual(['restore', 'show', 'focus']);
  });
});
