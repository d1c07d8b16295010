import { readFileSync } from 'node:fs';
import { scenarios } from '../../../test/e2e/scenarios/registry.ts';
import { formatMegabytes, plainFigure, type PerformancePart } from '../part.ts';
import { peakResidentBytes } from '../process-memory.ts';
import { openChromium, viewport } from './browser.ts';
import { openResults } from './scroll.ts';
import { startWebHost } from './web-host.ts';

/** What the web host takes up at a size that years of use would reach. */
export const hostMemory: PerformancePart = {
  id: 'host-memory',
  title: 'Memory of the web host at 10,000 runs',
  async run(options) {
    if (process.platform !== 'linux')
      return { state: 'skipped', reason: 'The memory of a process is read from /proc.' };
    const { workspace } = options;
    await scenarios['many-runs'](workspace);
    await using browser = await openChromium(options);
    await using host = await startWebHost(workspace);
    const started = residentBytes(host.pid);
    const page = await browser.newPage({ viewport });
    await page.goto(host.url);
    await openResults(page, host.origin);
    for (let wheel = 0; wheel < 100; wheel++) await page.mouse.wheel(0, 2_000);
    await page.getByRole('main').getByRole('row').nth(5).waitFor();
    return {
      state: 'measured',
      figures: [
        plainFigure('resident after the start', formatMegabytes(started)),
        plainFigure('resident with a page that went through the results', formatMegabytes(residentBytes(host.pid))),
        plainFigure('high-water mark', formatMegabytes(peakResidentBytes(host.pid) ?? Number.NaN)),
      ],
      notes: [
        '`inferometer serve` as `npm run inferometer` starts it. The browser is another process and not counted.',
      ],
    };
  },
};

function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kibibytes) * 1024;
}
