import { runNode } from '../tool.ts';
import { limitedFigure, plainFigure, type PerformancePart } from './part.ts';

const line = /^\s*([\d.]+)\s+([\d.]+)\s+(\d+) {2}(.*?)(?: {2}over the limit)?$/gm;

/** Reading and writing at a size that years of use would reach. */
export const storage: PerformancePart = {
  id: 'storage',
  title: 'Storage at 10,000 runs and 10 million samples',
  async run({ say }) {
    const { output } = await runNode(['scripts/storage-benchmark.ts'], { onOutput: (text) => say(text.trimEnd()) });
    const figures = [...output.matchAll(line)].map(([, median, slowest, limit, what = '']) =>
      limitedFigure(
        what,
        Number(slowest),
        Number(limit),
        (milliseconds) => `${milliseconds} ms`,
        `${slowest} ms (median ${median} ms)`,
      ),
    );
    // The script exits with 1 for a missed limit as well, so its table is what tells that it ran to its end.
    if (figures.length === 0) throw new Error(`The benchmark printed no table:\n${output}`);
    const size = /([\d.]+ MB), filled in/.exec(output)?.[1] ?? 'unknown';
    const perSample = /([\d.]+) bytes per sample/.exec(output)?.[1] ?? 'unknown';
    return {
      state: 'measured',
      figures: [...figures, plainFigure('size of the database', size), plainFigure('bytes per kept sample', perSample)],
      notes: [
        'The slowest of 21 repetitions has to stay within the limit; opening the database may take ten times as long as a query.',
      ],
    };
  },
};
