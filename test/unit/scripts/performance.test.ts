import { describe, expect, it } from 'vitest';
import { parseCoverage } from '../../../scripts/perf/coverage.ts';
import { timeWindow } from '../../../scripts/perf/engine-session.ts';
import { limitedFigure, toVerdict } from '../../../scripts/perf/part.ts';
import { toPage, type PartRecord } from '../../../scripts/perf/record.ts';

const samples = [
  { issuedNs: Float64Array.of(0, 10, 20), completedNs: Float64Array.of(9, 19, 29) },
  // Frozen under way from 35 to 90.
  { issuedNs: Float64Array.of(30, 95, 105), completedNs: Float64Array.of(94, 104, 118) },
];

describe('a window of a frozen engine', () => {
  it('counts only the queries that lie inside it', () => {
    expect(timeWindow(samples, 1000, { fromNs: 1010, toNs: 1035 })).toEqual({ queries: 2, medianNs: 9 });
  });

  it('leaves out the query during which the engine was frozen', () => {
    expect(timeWindow(samples, 1000, { fromNs: 1090, toNs: 1120 })).toEqual({ queries: 2, medianNs: 11 });
  });

  it('refuses to give a median of nothing', () => {
    expect(() => timeWindow(samples, 1000, { fromNs: 1036, toNs: 1089 })).toThrow();
  });
});

describe('the table of the coverage simulation', () => {
  const head =
    'Coverage of 95 % intervals in percent, 200 draws per case\nseries                 n   median   p90   mean\n';

  it('is read with and without withheld intervals', () => {
    const rows = parseCoverage(
      `${head}AR(1) 0.9            662                 95.5  91.9 (8 % withheld)                 89.5\n` +
        'lognormal 1           64                 96.5  none (100 % withheld)                 96.0\n\nlevel 0.0 %         2000   0.0   0.0',
    );
    expect(rows).toEqual([
      { series: 'AR(1) 0.9', n: 662, covered: [95.5, 91.9, 89.5] },
      { series: 'lognormal 1', n: 64, covered: [96.5, null, 96] },
    ]);
  });

  it('is refused when a line lacks a number, so that no figure silently disappears', () => {
    expect(() => parseCoverage(`${head}normal              2000       94.0      95.0`)).toThrow('cannot be read');
  });
});

function createRecord(value: number, changes: Partial<PartRecord> = {}): PartRecord {
  return {
    title: 'Start',
    command: 'npm run perf -- startup',
    measuredOn: '2026-01-31',
    commit: 'abc1234',
    machine: 'a processor',
    otherLoad: '1 %',
    seconds: 60,
    figures: [limitedFigure('--help', value, 300, (milliseconds) => `${milliseconds} ms`)],
    notes: [],
    ...changes,
  };
}

describe('the page of measured performance', () => {
  it('names a missed target at its head and in its row', () => {
    const page = toPage({ startup: createRecord(301) });
    expect(page).toContain('Targets that are missed: Start: --help.');
    expect(page).toMatch(/\| --help \| at most 300 ms \| 301 ms \| FAIL \|/);
  });

  it('accepts a figure that is exactly at its limit', () => {
    expect(toPage({ startup: createRecord(300) })).toContain('No target is missed.');
  });

  it('says the machine of every part when parts were measured on different ones', () => {
    const page = toPage({ a: createRecord(1), b: createRecord(1, { machine: 'another processor' }) });
    expect(page.match(/Machine: (a|another) processor\./g)).toHaveLength(2);
  });

  it('never judges a trial', () => {
    expect(createRecord(1).figures.map((figure) => toVerdict(figure, true))).toEqual(['trial']);
  });
});
