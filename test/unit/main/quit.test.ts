import type { App } from 'electron';
import { describe, expect, it } from 'vitest';
import { createQuit } from '../../../src/main/quit.ts';
import { AppDouble, WindowDouble } from './doubles.ts';

const stop = 0;
const keep = 1;

/** An application with a window; `answers` are what the user chooses, in order. */
function start({ measuring, answers = [] }: { measuring: boolean; answers?: number[] }) {
  const app = new AppDouble();
  const window = new WindowDouble();
  app.windows.push(window);
  const stored = Promise.withResolvers<unknown>();
  const state = { measuring, asked: 0, ended: 0, log: [] as string[] };
  const showMessageBox = () => {
    state.asked += 1;
    return Promise.resolve({ response: answers.shift() ?? keep, checkboxChecked: false });
  };
  const quit = createQuit({
    app: app as unknown as App,
    dialog: { showMessageBox },
    isMeasuring: () => state.measuring,
    end: async () => {
      state.ended += 1;
      await stored.promise;
    },
    deadlineMs: 50,
    log: (line) => state.log.push(line),
  });
  quit.guard(window.asWindow);
  const closeWindow = (): void => {
    app.closeWindow(window);
    if (app.windows.length === 0) app.emit('window-all-closed');
  };
  return { app, window, quit, state, stored, closeWindow };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('closing the window', () => {
  it('ends the application when everything is stored, not before', async () => {
    const { app, state, stored, closeWindow } = start({ measuring: false });
    closeWindow();
    await turn();
    expect([state.asked, state.ended, app.isOver]).toEqual([0, 1, false]);
    stored.resolve(null);
    await turn();
    expect([state.ended, app.isOver]).toEqual([1, true]);
  });

  it('asks while something is measured, and stays when the user wants it to', async () => {
    const { app, window, state, closeWindow } = start({ measuring: true, answers: [keep, keep] });
    closeWindow();
    await turn();
    expect([state.asked, app.windows, state.ended]).toEqual([1, [window], 0]);
    closeWindow();
    await turn();
    expect([state.asked, app.isOver]).toEqual([2, false]);
  });

  it('stores the measurement and ends when the user agrees', async () => {
    const { app, state, stored, closeWindow } = start({ measuring: true, answers: [stop] });
    closeWindow();
    await turn();
    expect([state.asked, state.ended, app.windows.length, app.isOver]).toEqual([1, 1, 0, false]);
    stored.resolve(null);
    await turn();
    expect(app.isOver).toBe(true);
  });

  it('asks once, however often it is tried', async () => {
    const { app, state, closeWindow } = start({ measuring: true, answers: [keep] });
    closeWindow();
    closeWindow();
    app.quit();
    await turn();
    expect(state.asked).toBe(1);
  });

  it('needs no answer any more when the measurement has ended meanwhile', async () => {
    const { app, state, stored, closeWindow } = start({ measuring: true, answers: [keep] });
    closeWindow();
    state.measuring = false;
    stored.resolve(null);
    await turn();
    expect(app.isOver).toBe(true);
  });
});

describe('ending the application', () => {
  it('asks just like closing the window', async () => {
    const { app, state } = start({ measuring: true, answers: [keep] });
    app.quit();
    await turn();
    expect([state.asked, state.ended, app.windows.length]).toEqual([1, 0, 1]);
  });

  it('asks nobody when the system shuts down, and stores all the same', async () => {
    const { app, window, state, stored } = start({ measuring: true });
    window.emit('session-end');
    await turn();
    expect([state.asked, state.ended]).toEqual([0, 1]);
    stored.resolve(null);
    await turn();
    expect(app.isOver).toBe(true);
  });

  it('happens even if storing fails, with a line that says so', async () => {
    const { app, state, stored, quit } = start({ measuring: true });
    quit.now();
    stored.reject(new Error('disk is gone'));
    await turn();
    expect(app.isOver).toBe(true);
    expect(state.log.join()).toContain('disk is gone');
  });

  it('happens even if storing never ends', async () => {
    const { app, state, quit } = start({ measuring: true });
    quit.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(app.isOver).toBe(true);
    expect(state.log.join()).toContain('can be resumed');
  });
});
