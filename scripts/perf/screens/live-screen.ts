import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { createCore } from '../../../src/core/create-core.ts';
import { resolveModel } from '../../../src/core/models/resolve-model.ts';
import { processMeanInterval } from '../../../src/core/stats/between-process.ts';
import type { EngineSamples } from '../../../src/core/engine-client/engine-client.ts';
import { toCellId, type RunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { timeWindow } from '../engine-session.ts';
import { formatMilliseconds, type Figure, type PartOptions, type PerformancePart } from '../part.ts';
import { openChromium, viewport } from './browser.ts';
import { startWebHost, type WebHost } from './web-host.ts';

const model = 'mobilenet-v2';
const targetRatio = 1.03;
const marginS = 60;
const samplesPerPage = 10_000;

interface Window {
  fromNs: number;
  toNs: number;
}

interface Timing {
  blocks: number;
  settleS: number;
  blockS: number;
}

/** Whether the interface disturbs what it shows: latency with the Live screen open over the same without a page. */
export const liveScreen: PerformancePart = {
  id: 'live-screen',
  title: 'Latency with the Live screen open',
  async run(options) {
    const { dataDirectory, quick, blocks } = options;
    {
      using core = createCore({ dataDirectory });
      await resolveModel(model, core);
    }
    await using browser = await openChromium(options);
    await using host = await startWebHost(dataDirectory);
    const page = await browser.newPage({ viewport });
    await page.goto(host.url);
    const timing = quick ? { blocks, settleS: 1, blockS: 1 } : { blocks, settleS: 3, blockS: 4 };
    const figures: Figure[] = [];
    for (const [what, threads] of [
      ['1 thread', 1],
      ['as many threads as cores', 0],
    ] as const) {
      const say = (line: string): void => options.say(`${what}: ${line}`);
      figures.push(await compare(`${model}, ${what}`, host, page, threads, timing, say));
    }
    return { state: 'measured', figures, notes: [describe(timing)] };
  },
};

function describe({ blocks, settleS, blockS }: Timing): string {
  return `One measurement by \`inferometer serve\` in one engine process, during which Chromium (headless, ${viewport.width} × ${viewport.height}, software rendering where the machine has no GPU) shows the Live screen and an empty page in turn, in the order ABBA: ${blocks} blocks of ${blockS} s on either side, each after ${settleS} s that are not counted. The ratio of the median latencies is the geometric mean over pairs of neighbouring blocks, its 95 % interval Student's t; the verdict goes by the ratio itself.`;
}

async function compare(
  what: string,
  host: WebHost,
  page: Page,
  threads: number,
  timing: Timing,
  say: PartOptions['say'],
): Promise<Figure> {
  const { blocks, settleS, blockS } = timing;
  const durationS = 2 * blocks * (settleS + blockS) + marginS;
  const { runId } = await host.api.runs.start({ plan: createPlan(threads, durationS), wait: true });
  const originNs = await findOrigin(host);
  const live: Window[] = [];
  const headless: Window[] = [];
  say(`${blocks} blocks of ${blockS} s on either side`);
  for (let block = 0; block < blocks; block++) {
    const liveFirst = block % 2 === 0;
    if (liveFirst) live.push(await showLive(page, host, timing));
    headless.push(await showNothing(page, timing));
    if (!liveFirst) live.push(await showLive(page, host, timing));
  }
  await host.api.runs.cancel({ runId });
  const samples = await readSamples(host, runId);
  const medians = (windows: readonly Window[]): number[] =>
    windows.map((window) => timeWindow(samples, originNs, window).medianNs);
  const figure = toFigure(what, medians(live), medians(headless));
  say(figure.figure);
  return figure;
}

function createPlan(threads: number, minDurationS: number): Plan {
  return {
    models: [model],
    providers: ['cpu'],
    scenario: 'single-stream',
    batches: [1],
    threads: [threads],
    grade: 'quick',
    seed: 0,
    dims: {},
    inputs: null,
    repeats: 1,
    override: { minDurationS },
  };
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/**
 * Time of this process at the start of the measured part: the least that any of some messages says, since a message can
 * only arrive late. What is late by a tenth of a second does not matter beside the time before a block.
 */
async function findOrigin({ api }: WebHost): Promise<number> {
  const wanted = 20;
  let originNs = Number.POSITIVE_INFINITY;
  let seen = 0;
  for await (const message of await api.runs.progress()) {
    if (message.type === 'session' && message.session?.phase === 'ended') {
      throw new Error('The measurement ended before its first block');
    }
    if (message.type !== 'progress' || message.progress.stage !== 'measured') continue;
    originNs = Math.min(originNs, nowNs() - message.progress.elapsedNs);
    seen += 1;
    if (seen === wanted) break;
  }
  return originNs;
}

async function showLive(page: Page, host: WebHost, timing: Timing): Promise<Window> {
  await page.goto(`${host.origin}/measure/live`);
  const main = page.getByRole('main');
  await main.getByText(model).first().waitFor();
  const before = await main.innerText();
  const window = await pass(timing);
  if ((await main.innerText()) === before) throw new Error('The Live screen stood still');
  return window;
}

async function showNothing(page: Page, timing: Timing): Promise<Window> {
  await page.goto('about:blank');
  return pass(timing);
}

async function pass({ settleS, blockS }: Timing): Promise<Window> {
  await sleep(settleS * 1e3);
  const fromNs = nowNs();
  await sleep(blockS * 1e3);
  return { fromNs, toNs: nowNs() };
}

async function readSamples({ api }: WebHost, runId: RunId) {
  const cellId = toCellId(runId, 0);
  const pages: Pick<EngineSamples, 'issuedNs' | 'completedNs'>[] = [];
  for (let offset = 0; ; offset += samplesPerPage) {
    const page = await api.results.samples({ cellId, process: 0, offset, limit: samplesPerPage });
    const { issuedNs, completedNs } = page;
    pages.push({ issuedNs: Float64Array.from(issuedNs), completedNs: Float64Array.from(completedNs) });
    if (offset + samplesPerPage >= page.n) return pages;
  }
}

function toFigure(what: string, live: readonly number[], headless: readonly number[]): Figure {
  const logRatios = Float64Array.from(live, (medianNs, index) => Math.log(medianNs / headless[index]!));
  const { mean, low, high } = processMeanInterval(logRatios, 0.95);
  const [ratio, least, most] = [mean, low ?? Number.NaN, high ?? Number.NaN].map((value) => Math.exp(value).toFixed(3));
  const [liveMs, headlessMs] = [live, headless].map((medians) => {
    const logs = medians.map(Math.log);
    return formatMilliseconds(Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length) / 1e6);
  });
  return {
    what,
    target: `ratio at most ${targetRatio}`,
    figure: `${ratio} (${least} to ${most}); ${liveMs} over ${headlessMs}`,
    met: Math.exp(mean) <= targetRatio,
  };
}
