import type { Page } from '@playwright/test';
import { z } from 'zod';
import { scenarios } from '../../../test/e2e/scenarios/registry.ts';
import { lockMachine, plainFigure, type PerformancePart } from '../part.ts';
import { openChromium, viewport } from './browser.ts';
import { startWebHost } from './web-host.ts';

const targetFps = 50;
const scrollS = 5;
/** About three rows a frame: faster than anybody reads, slower than a drag of the scroll bar. */
const pixelsPerFrame = 90;

/** Scrolls the tallest list of the page by a step in every frame, back from its end, and keeps the time of each frame. */
const scrollScript = `(async () => {
  const room = (element) => element.scrollHeight - element.clientHeight;
  const scrolls = (element) =>
    element === document.scrollingElement || /auto|scroll/.test(getComputedStyle(element).overflowY);
  const list = [document.scrollingElement, ...document.querySelectorAll('main, main *')]
    .filter((element) => element !== null && scrolls(element))
    .reduce((tallest, element) => (room(element) > room(tallest) ? element : tallest));
  const frames = [];
  let step = ${pixelsPerFrame};
  let travelled = 0;
  await new Promise((resolve) => {
    const onFrame = (now) => {
      frames.push(now);
      const before = list.scrollTop;
      list.scrollTop += step;
      travelled += Math.abs(list.scrollTop - before);
      if (list.scrollTop === before) step = -step;
      if (now - frames[0] < ${scrollS * 1e3}) requestAnimationFrame(onFrame);
      else resolve();
    };
    requestAnimationFrame(onFrame);
  });
  return { frames, travelled };
})()`;
const scrolledSchema = z.object({ frames: z.array(z.number()).min(2), travelled: z.number() });

/** How smoothly the list of results moves at a size that years of use would reach. */
export const scroll: PerformancePart = {
  id: 'scroll',
  title: 'Scrolling 10,000 results',
  async run(options) {
    const { workspace, quick, say } = options;
    using _lock = await lockMachine(options);
    await scenarios['many-runs'](workspace);
    await using browser = await openChromium(options);
    await using host = await startWebHost(workspace);
    const page = await browser.newPage({ viewport });
    await page.goto(host.url);
    await openResults(page, host.origin);
    const rounds: { fps: number; longestMs: number }[] = [];
    // The first round fills the cache of the list and is not counted.
    for (let round = 0; round <= (quick ? 1 : 3); round++) {
      const measured = await scrollOnce(page);
      if (round === 0) continue;
      say(`${measured.fps.toFixed(1)} frames a second`);
      rounds.push(measured);
    }
    const fps = Math.min(...rounds.map((round) => round.fps));
    return {
      state: 'measured',
      figures: [
        {
          what: `frames a second, least of ${rounds.length} rounds`,
          target: `at least ${targetFps}`,
          figure: fps.toFixed(1),
          met: fps >= targetFps,
        },
        plainFigure('longest frame', `${Math.max(...rounds.map((round) => round.longestMs)).toFixed(0)} ms`),
      ],
      notes: [
        `The list of results in headless Chromium, ${viewport.width} × ${viewport.height}, moved by ${pixelsPerFrame} pixels in every frame for ${scrollS} s; rows that were not loaded yet are loaded on the way. Frames are counted by requestAnimationFrame, which asks for 60 a second at most.`,
      ],
    };
  },
};

/** Waits until the list shows rows. */
export async function openResults(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/measure/results`);
  await page.getByRole('main').getByRole('row').nth(5).waitFor();
}

async function scrollOnce(page: Page): Promise<{ fps: number; longestMs: number }> {
  const { frames, travelled } = scrolledSchema.parse(await page.evaluate(scrollScript));
  const gaps = frames.slice(1).map((now, index) => now - frames[index]!);
  const elapsedMs = gaps.reduce((sum, gap) => sum + gap, 0);
  if (travelled < (gaps.length * pixelsPerFrame) / 2) throw new Error('The list of results did not move');
  if ((await page.getByRole('main').getByRole('row').count()) < 6) throw new Error('The list of results lost its rows');
  return { fps: (gaps.length * 1e3) / elapsedMs, longestMs: Math.max(...gaps) };
}
