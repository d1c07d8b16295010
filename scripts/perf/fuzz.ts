import { z } from 'zod';
import { runNode } from '../tool.ts';
import { formatMegabytes, formatMilliseconds, limitedFigure, plainFigure, type PerformancePart } from './part.ts';

const fullFiles = 10_000;

const reportSchema = z.object({
  seed: z.number(),
  seconds: z.number(),
  files: z.number(),
  outcomes: z.record(z.string(), z.number()),
  violations: z.array(z.string()),
  slowestMs: z.number(),
  rssGrowthBytes: z.number(),
});

/** Damaged model files: each has to be read, or refused with a reason, in bounded time and memory. */
export const fuzz: PerformancePart = {
  id: 'fuzz',
  title: 'Damaged model files',
  async run({ quick, say }) {
    const files = quick ? 300 : fullFiles;
    say(`${files} files`);
    const { output } = await runNode(['scripts/fuzz-onnx.ts', String(files)]);
    const start = output.indexOf('{');
    if (start < 0) throw new Error(`The fuzzer printed no report:\n${output}`);
    const report = reportSchema.parse(JSON.parse(output.slice(start)));
    for (const violation of report.violations.slice(0, 20)) say(violation);
    const count = report.files.toLocaleString('en');
    return {
      state: 'measured',
      figures: [
        limitedFigure(`of ${count} files, neither read nor refused with a reason`, report.violations.length, 0, String),
        limitedFigure('slowest file', report.slowestMs, 1_000, formatMilliseconds),
        limitedFigure('growth of memory', report.rssGrowthBytes, 200e6, formatMegabytes),
        plainFigure(
          'outcomes',
          Object.entries(report.outcomes)
            .map(([code, n]) => `${code} ${n}`)
            .join(', '),
        ),
      ],
      notes: [`Seed ${report.seed}; the same seed gives the same files.`],
    };
  },
};
