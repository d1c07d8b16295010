import { runNode } from '../tool.ts';
import type { Figure, PerformancePart } from './part.ts';
import { plainFigure } from './part.ts';

const fullDraws = 10_000;
/** Length of run that the target is for; shorter ones have too few independent samples for whole-numbered ranks. */
const targetLength = 2_000;
const columns = ['median', 'p90', 'mean'] as const;

interface CoverageRow {
  series: string;
  n: number;
  /** Percent by column; null where every interval was withheld. */
  covered: (number | null)[];
}

/** How often the 95 % intervals contain the true value, on simulated series whose truth is known. */
export const coverage: PerformancePart = {
  id: 'coverage',
  title: 'Coverage of the 95 % intervals',
  async run({ quick, say }) {
    const draws = quick ? 200 : fullDraws;
    say(`${draws} draws per case; prints nothing until it is done`);
    const { exitCode, output } = await runNode(['scripts/coverage-simulation.ts', '--draws', String(draws)]);
    if (exitCode !== 0) throw new Error(`The simulation failed:\n${output}`);
    const rows = parseCoverage(output);
    return {
      state: 'measured',
      figures: columns.flatMap((column, index) => toFigures(column, index, rows)),
      notes: [
        `Smallest and largest coverage over the simulated series, ${draws.toLocaleString('en')} draws per case. The target is for runs of ${targetLength.toLocaleString('en')} queries; what shorter ones cannot know is explained in [the method](method/statistics.md).`,
      ],
      verbatim: output,
    };
  },
};

/** Reads the first table that the simulation prints. Throws when it holds no rows. */
export function parseCoverage(output: string): CoverageRow[] {
  const [table = ''] = output.split('\n\n');
  const rows = table.split('\n').flatMap((line): CoverageRow[] => {
    // The name is 18 characters wide and holds spaces; the numbers may be followed by "(12 % withheld)".
    const n = Number(line.slice(18, 24));
    if (!Number.isInteger(n) || n === 0) return [];
    const cells = line
      .slice(24)
      .replaceAll(/\([^)]*\)/g, '')
      .trim()
      .split(/\s+/);
    const covered = cells.map((cell) => (cell === 'none' ? null : Number(cell)));
    if (covered.length !== columns.length || covered.some((value) => Number.isNaN(value))) {
      throw new Error(`A line of the simulation cannot be read: ${line}`);
    }
    return [{ series: line.slice(0, 18).trim(), n, covered }];
  });
  if (rows.length === 0) throw new Error('The simulation printed no table');
  return rows;
}

function toFigures(column: string, index: number, rows: readonly CoverageRow[]): Figure[] {
  const lengths = [...new Set(rows.map(({ n }) => n))];
  return lengths.map((n) => {
    const values = rows
      .flatMap((row) => (row.n === n ? [row.covered[index] ?? null] : []))
      .filter((one) => one !== null);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const what = `${column}, n = ${n.toLocaleString('en')}`;
    const figure = `${least.toFixed(1)} to ${most.toFixed(1)} %`;
    if (n !== targetLength) return plainFigure(what, figure);
    return { what, target: '94 to 96 %', figure, met: least >= 94 && most <= 96 };
  });
}
