import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { z } from 'zod';
import { screensFolder } from '../../../src/core/resources.ts';
import { medianOf } from '../../../src/engine/timing/clock.ts';
import { scenarios } from '../../../test/e2e/scenarios/registry.ts';
import { limitedFigure, lockMachine, plainFigure, type PerformancePart } from '../part.ts';
import { openChromium, viewport } from './browser.ts';
import { measureInitialScripts } from './initial-scripts.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const loads = 5;
const paintLimitMs = 1_000;
const interactiveLimitMs = 2_000;
const scriptLimitBytes = 450e3;
/** How long a page is watched after it was shown. */
const watchedS = 4;

/** Collects, from the first moment on, tasks of more than 50 ms and when the navigation appeared. */
const watchScript = `
  window.watched = { longTasks: [], navigationMs: null };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.watched.longTasks.push(startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (document.querySelector('nav a[href], nav button')) window.watched.navigationMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;
const readScript = `({
  ...window.watched,
  paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
})`;
const watchedSchema = z.object({ longTasks: z.array(z.number()), navigationMs: z.number(), paintMs: z.number() });

interface Load {
  paintMs: number;
  interactiveMs: number;
  scriptGzipBytes: number;
}

/** How long somebody waits who opens the page, and what has to be loaded for it. */
export const firstPaint: PerformancePart = {
  id: 'first-paint',
  title: 'First paint of the web host',
  async run(options) {
    const { workspace, quick, say } = options;
    using _lock = await lockMachine(options);
    await scenarios['finished-runs'](workspace);
    await using browser = await openChromium(options);
    await using host = await startWebHost(workspace);
    const loaded: Load[] = [];
    // The first load reads the files from disk and is not counted.
    for (let load = 0; load <= (quick ? 1 : loads); load++) {
      const measured = await measureLoad(browser, host);
      if (load === 0) continue;
      say(`painted after ${toText(measured.paintMs)}, interactive after ${toText(measured.interactiveMs)}`);
      loaded.push(measured);
    }
    const scripts = await measureInitialScripts(screensFolder());
    const median = (pick: (load: Load) => number): number => medianOf(loaded.map(pick));
    return {
      state: 'measured',
      figures: [
        limitedFigure(
          `first contentful paint, median of ${loaded.length}`,
          median((load) => load.paintMs),
          paintLimitMs,
          toText,
        ),
        limitedFigure(
          `interactive, median of ${loaded.length}`,
          median((load) => load.interactiveMs),
          interactiveLimitMs,
          toText,
        ),
        limitedFigure(
          `initial JavaScript, gzip, ${scripts.files} files`,
          scripts.gzipBytes,
          scriptLimitBytes,
          toKilobytes,
        ),
        plainFigure(
          'JavaScript of the start page with what it asks for later, gzip',
          toKilobytes(median((load) => load.scriptGzipBytes)),
        ),
      ],
      notes: [
        `\`inferometer serve\` with a few stored runs and headless Chromium on the same machine. Each load is in a fresh browser profile that is signed in, so its cache is empty; the time counts from the start of the navigation. Interactive: the navigation is there and the last task of more than 50 ms has ended, watched for ${watchedS} s.`,
        'Initial JavaScript: the entry, its module preloads and everything that these import statically, each file compressed by itself; the host sends it uncompressed, over the loopback.',
      ],
    };
  },
};

async function measureLoad(browser: Browser, { url, origin }: WebHost): Promise<Load> {
  await using context = await browser.newContext({ viewport });
  // Signs in without the page, whose files would be in the cache afterwards.
  await context.request.get(url, { maxRedirects: 0 });
  const page = await context.newPage();
  await page.addInitScript(watchScript);
  let scriptGzipBytes = 0;
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) {
      void response.body().then((body) => (scriptGzipBytes += gzipSync(body, { level: 9 }).length));
    }
  });
  await page.goto(origin);
  await page.getByRole('navigation').first().waitFor();
  await sleep(watchedS * 1e3);
  const { longTasks, navigationMs, paintMs } = watchedSchema.parse(await page.evaluate(readScript));
  return { paintMs, interactiveMs: Math.max(navigationMs, paintMs, ...longTasks), scriptGzipBytes };
}

function toText(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`;
}

function toKilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}
