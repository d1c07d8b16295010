import { runNode } from '../tool.ts';
import { medianOf } from '../../src/engine/timing/clock.ts';
import { limitedFigure, plainFigure, type PerformancePart } from './part.ts';

const fullRepeats = 15;
const limitMs = 300;

/** How long the command line takes to say anything. */
export const startup: PerformancePart = {
  id: 'startup',
  title: 'Start of the command line',
  async run({ quick, say }) {
    const repeats = quick ? 3 : fullRepeats;
    const times: number[] = [];
    // The first start reads the files from disk and is not counted.
    for (let repeat = 0; repeat <= repeats; repeat++) {
      const startMs = performance.now();
      const { exitCode, output } = await runNode(['src/cli/index.ts', '--help']);
      const tookMs = performance.now() - startMs;
      if (exitCode !== 0 || !output.includes('inferometer')) throw new Error(`--help failed:\n${output}`);
      if (repeat > 0) times.push(tookMs);
    }
    say(`${repeats} starts`);
    const format = (milliseconds: number): string => `${Math.round(milliseconds)} ms`;
    return {
      state: 'measured',
      figures: [
        limitedFigure(`inferometer --help, median of ${repeats}`, medianOf(times), limitMs, format),
        plainFigure('fastest and slowest', `${format(Math.min(...times))} and ${format(Math.max(...times))}`),
      ],
      notes: [
        'Wall time from the start of the process to its end, sources run as in a clone, after one start that is not counted.',
      ],
    };
  },
};
